"""Limits on requests that wait: half of a process's threads in all, and a few for each user.

The other threads stay free for requests that are answered at once, such as health checks, webhooks
and sign-ins. A request over the limit is answered with the current state and `Retry-After`.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TypeVar
from uuid import UUID

from flask import Response, after_this_request, g

from config import settings
from models import metrics
from models.clock import tick
from web import authentication, changes
from web.changes import Subscription

T = TypeVar("T")
RETRY_AFTER = 1  # seconds


class Waiters:
    """Places for waiting requests: `limit` in all, `user_limit` for each user."""

    def __init__(self, limit: int, user_limit: int) -> None:
        self._limit, self._user_limit = limit, user_limit
        self._by_user: Counter[UUID] = Counter()
        self._lock = Lock()

    @property
    def occupied(self) -> int:
        """The number of requests that are waiting."""
        with self._lock:
            return self._by_user.total()

    @contextmanager
    def place(self, user_id: UUID) -> Iterator[bool]:
        """Hold a place while the block runs; yield False when there is none."""
        has_place = self._enter(user_id)
        try:
            yield has_place
        finally:
            if has_place:
                self._leave(user_id)

    def _enter(self, user_id: UUID) -> bool:
        with self._lock:
            if self._by_user.total() >= self._limit:
                return False
            if self._by_user[user_id] >= self._user_limit:
                return False
            self._by_user[user_id] += 1
            return True

    def _leave(self, user_id: UUID) -> None:
        with self._lock:
            self._by_user[user_id] -= 1
            if not self._by_user[user_id]:
                # Zeros would stay in memory for every user who ever waited.
                del self._by_user[user_id]


# Shared by all applications of the process, because they share its threads.
WAITERS = Waiters(settings.web_threads // 2, settings.waiters_per_user)


def wait_until(
    is_done: Callable[[T], bool],
    subscription: Subscription,
    seconds: float,
    *,
    initial: T,
    load: Callable[[], T],
) -> T:
    """Wait as `changes.wait_until` does if there is a place; otherwise return `initial` at once."""
    if is_done(initial) or seconds <= 0:
        return initial
    with WAITERS.place(authentication.caller().user_id) as has_place:
        if has_place:
            with _measured():
                return changes.wait_until(
                    is_done, subscription, seconds, initial=initial, load=load
                )
    after_this_request(_add_retry_after)
    return initial


@contextmanager
def _measured() -> Iterator[None]:
    """Note the time that the request waits: it is no part of the time that its answer takes."""
    began = tick()
    metrics.HTTP_WAITING.change(1)
    try:
        yield
    finally:
        metrics.HTTP_WAITING.change(-1)
        g.waited = g.get("waited", 0.0) + tick() - began


def _add_retry_after(response: Response) -> Response:
    response.headers["Retry-After"] = str(RETRY_AFTER)
    # The request did not wait, so its preference was not applied.
    response.headers.pop("Preference-Applied", None)
    return response
