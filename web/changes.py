"""Notifications of changes, so that a request can wait for an order without polling the database.

The process that moved an execution publishes a message on Redis. Messages are only hints: they may
be lost and Redis may be down, so a waiting request also looks once a second.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Event
from typing import TypeVar
from uuid import UUID

import redis
from redis.backoff import NoBackoff
from redis.client import PubSub
from redis.retry import Retry

import redis_url
from config import settings
from models.clock import tick

T = TypeVar("T")
MAX_WAIT = 1.0  # seconds between two looks at the database
NO_RETRY = Retry(NoBackoff(), 0)
_stopping = Event()


class Subscription:
    """A subscription to the changes of one execution; without Redis, a timer."""

    def __init__(self, pubsub: PubSub | None) -> None:
        self._pubsub = pubsub

    def wait_for_change(self, seconds: float) -> bool:
        """Wait `seconds`, at most MAX_WAIT. Return True as soon as a change is published."""
        end = tick() + min(seconds, MAX_WAIT)
        while (left := end - tick()) > 0:
            if self._receive(left):
                return True
        return False

    def _receive(self, seconds: float) -> bool:
        if self._pubsub is None:
            return Event().wait(seconds)
        try:
            # The confirmation of the subscription itself is returned as None.
            return self._pubsub.get_message(timeout=seconds) is not None
        except redis.RedisError:
            self._pubsub = None
            return False


@contextmanager
def subscribe(execution_id: UUID) -> Iterator[Subscription]:
    """Subscribe to the changes of an execution. Enter before reading or starting it."""
    pubsub = PubSub(redis_client().connection_pool, ignore_subscribe_messages=True)
    try:
        try:
            pubsub.subscribe(redis_url.change_channel(execution_id))
        except redis.RedisError:
            yield Subscription(None)
        else:
            yield Subscription(pubsub)
    finally:
        pubsub.close()


def stop_waiting() -> None:
    """Answer all waiting requests within MAX_WAIT, since the process stops."""
    _stopping.set()


def wait_until(
    is_done: Callable[[T], bool],
    subscription: Subscription,
    seconds: float,
    *,
    initial: T,
    load: Callable[[], T],
) -> T:
    """Load again after each change until `is_done`, at most for `seconds`; return the last value.

    `initial` is the value that was loaded first. A process that stops does not wait.
    """
    end, value = tick() + seconds, initial
    while not is_done(value) and not _stopping.is_set() and (left := end - tick()) > 0:
        subscription.wait_for_change(left)
        value = load()
    return value


@cache
def redis_client() -> redis.Redis:
    """Return this process's client, whose calls fail fast."""
    return redis_url.connect(
        settings.redis_url or "redis://127.0.0.1:6379/0",
        socket_connect_timeout=0.2,
        socket_timeout=0.5,
        retry=NO_RETRY,
        # Each subscription opens a connection; without the handshakes it costs a third.
        protocol=2,
        driver_info=None,
    )
