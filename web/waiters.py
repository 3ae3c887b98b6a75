"""Requests that wait for something to happen: at most half of a process's threads, and a few of one
user.

The other threads are for requests that are answered at once: health, webhooks, sign-ins, payments.
Whoever finds no place is answered with what there is, and told by `Retry-After` to ask again.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TypeVar
from uuid import UUID

from flask import Response, after_this_request

from config import settings
from web import bearer
from web import bell as bells
from web.bell import Bell

T = TypeVar("T")
RETRY_AFTER = 1  # seconds


class Waiters:
    """Places for requests that wait: `most` in all, `most_per_user` for one user."""

    def __init__(self, most: int, most_per_user: int) -> None:
        self._most, self._most_per_user = most, most_per_user
        self._by_user: Counter[UUID] = Counter()
        self._lock = Lock()

    @property
    def taken(self) -> int:
        """How many places are held now."""
        with self._lock:
            return self._by_user.total()

    @contextmanager
    def place(self, user_id: UUID) -> Iterator[bool]:
        """Hold a place while the block runs; the block gets False when there is none."""
        has_place = self._enter(user_id)
        try:
            yield has_place
        finally:
            if has_place:
                self._leave(user_id)

    def _enter(self, user_id: UUID) -> bool:
        with self._lock:
            if self._by_user.total() >= self._most:
                return False
            if self._by_user[user_id] >= self._most_per_user:
                return False
            self._by_user[user_id] += 1
            return True

    def _leave(self, user_id: UUID) -> None:
        with self._lock:
            self._by_user[user_id] -= 1
            if not self._by_user[user_id]:
                # Otherwise the counter would know every user who ever waited.
                del self._by_user[user_id]


# One for all applications of the process: they share its threads.
WAITERS = Waiters(settings.web_threads // 2, settings.waiters_per_user)


def watch(
    bell: Bell, seconds: float, done: Callable[[T], bool], seen: T, look: Callable[[], T]
) -> T:
    """Wait as `web.bell.watch` does, if the caller may wait; otherwise return `seen` at once."""
    if done(seen) or seconds <= 0:
        return seen
    with WAITERS.place(bearer.caller().user_id) as has_place:
        if has_place:
            return bells.watch(bell, seconds, done, seen, look)
    after_this_request(_ask_again)
    return seen


def _ask_again(response: Response) -> Response:
    response.headers["Retry-After"] = str(RETRY_AFTER)
    # The client's wish to wait was not granted.
    response.headers.pop("Preference-Applied", None)
    return response
