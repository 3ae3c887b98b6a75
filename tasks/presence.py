"""Announcement of the queues that a worker consumes, read by `GET /ready`."""

import logging
from functools import cached_property
from typing import Any

import redis
from celery import bootsteps

import heartbeats
import redis_url
from config import settings

log = logging.getLogger(__name__)

ANNOUNCE_INTERVAL = heartbeats.TIMEOUT / 3


class Presence(bootsteps.StartStopStep):  # type: ignore[misc]
    """A step of the worker's consumer that announces its queues. It restarts on reconnection."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, parent: Any) -> None:
        self._queues = [queue.name for queue in parent.task_consumer.queues]
        self._announce()
        self._timer = parent.timer.call_repeatedly(ANNOUNCE_INTERVAL, self._announce)

    def stop(self, parent: Any) -> None:  # noqa: ARG002
        self._timer.cancel()

    def _announce(self) -> None:
        try:
            heartbeats.announce(self._redis, *self._queues)
        except redis.RedisError as error:
            log.warning("could not announce the queues of this worker: %s", error)

    @cached_property
    def _redis(self) -> redis.Redis:
        return redis_url.connect(settings.redis_url, socket_timeout=2, socket_connect_timeout=1)
