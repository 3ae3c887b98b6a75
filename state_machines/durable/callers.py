"""Who makes the calls of a process: so many at once, over all its batches."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class Callers:
    """A number of callers. Only what can be called at once is claimed: what is claimed and waits
    uses up its lease.
    """

    def __init__(self, number: int) -> None:
        self._free = number
        self._change = Condition()

    @contextmanager
    def take(self, most: int) -> Iterator[int]:
        """Wait for a free caller, and hold up to `most` of those that are; how many."""
        with self._change:
            self._change.wait_for(lambda: self._free > 0)
            number = min(most, self._free)
            self._free -= number
        try:
            yield number
        finally:
            with self._change:
                self._free += number
                self._change.notify_all()
