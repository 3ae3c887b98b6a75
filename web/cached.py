"""Values that are computed again only when they are older than a limit."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from models.clock import tick

V = TypeVar("V")


class Cached(Generic[V]):
    """A value that one thread at a time computes, for all threads of the process."""

    def __init__(self, max_age: float, compute: Callable[[], V]) -> None:
        self._max_age, self._compute = max_age, compute
        self._values: list[V] = []
        self._ends_at = 0.0
        self._lock = Lock()

    def get(self) -> V:
        """Return the value, computed at most `max_age` seconds ago."""
        with self._lock:
            if not self._values or tick() >= self._ends_at:
                self._values = [self._compute()]
                self._ends_at = tick() + self._max_age
            return self._values[0]

    def forget(self) -> None:
        """Compute the value again at the next call."""
        with self._lock:
            self._values.clear()
