"""Waiting for an order to move, without asking the database again and again.

Whoever moved it announces that on Redis. Only a hint: without Redis, or with the word lost, the
bell rings once a second.
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
LONGEST = 1.0  # seconds between two looks, at most
NO_RETRY = Retry(NoBackoff(), 0)


class Bell:
    """Rings when an order has moved, or when nobody can say whether it has."""

    def __init__(self, subscription: PubSub | None) -> None:
        self._subscription = subscription

    def wait(self, seconds: float) -> bool:
        """Wait for a ring, `seconds` or LONGEST at most; return whether it rang."""
        end = tick() + min(seconds, LONGEST)
        while (left := end - tick()) > 0:
            if self._heard(left):
                return True
        return False

    def _heard(self, seconds: float) -> bool:
        if self._subscription is None:
            return Event().wait(seconds)
        try:
            # None for the answer to the subscription itself.
            return self._subscription.get_message(timeout=seconds) is not None
        except redis.RedisError:
            self._subscription = None
            return False


@contextmanager
def listen(order_id: UUID) -> Iterator[Bell]:
    """A bell for `order_id`. Begin before what makes it move."""
    subscription = PubSub(client().connection_pool, ignore_subscribe_messages=True)
    try:
        try:
            subscription.subscribe(f"projectx:moved:{order_id}")
        except redis.RedisError:
            yield Bell(None)
        else:
            yield Bell(subscription)
    finally:
        subscription.close()


def watch(
    bell: Bell, seconds: float, done: Callable[[T], bool], seen: T, look: Callable[[], T]
) -> T:
    """What `look` finds, once it is `done` or `seconds` have passed; it found `seen` at first."""
    end = tick() + seconds
    while not done(seen) and (left := end - tick()) > 0:
        bell.wait(left)
        seen = look()
    return seen


@cache
def client() -> redis.Redis:
    return redis_url.connect(
        settings.redis_url or "redis://127.0.0.1:6379/0",
        socket_connect_timeout=0.2,
        socket_timeout=0.5,
        retry=NO_RETRY,
        # Each subscription is a new connection: without the greetings it costs a third.
        protocol=2,
        driver_info=None,
    )
