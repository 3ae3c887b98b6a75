"""A worker says which queues it takes, for who asks whether all are taken (`GET /ready`)."""

import logging
from functools import cached_property
from typing import Any

import redis
from celery import bootsteps

import heartbeats
import redis_url
from config import settings

log = logging.getLogger(__name__)

EVERY = heartbeats.TIMEOUT / 3


class Presence(bootsteps.StartStopStep):  # type: ignore[misc]
    """A step of the worker's consumer, run anew after each reconnection."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, parent: Any) -> None:
        self._queues = [queue.name for queue in parent.task_consumer.queues]
        self._announce()
        self._timer = parent.timer.call_repeatedly(EVERY, self._announce)

    def stop(self, parent: Any) -> None:  # noqa: ARG002
        self._timer.cancel()

    def _announce(self) -> None:
        try:
            heartbeats.announce(self._redis, *self._queues)
        except redis.RedisError as error:
            log.warning("could not say which queues are taken here: %s", error)

    @cached_property
    def _redis(self) -> redis.Redis:
        return redis_url.connect(settings.redis_url, socket_timeout=2, socket_connect_timeout=1)
