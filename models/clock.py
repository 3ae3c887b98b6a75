"""The only source of time, so that a test or a simulation can move it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The current time, in UTC."""
    return _source()


def tick() -> float:
    """Seconds of a clock that never jumps, for measuring waits inside one process."""
    return time.monotonic()


class MovableClock:
    """A clock that stands still until it is moved; or goes on by `step` whenever it is read."""

    def __init__(self, at: datetime, step: timedelta = timedelta(0)) -> None:
        self.at = at
        self._step = step

    def __call__(self) -> datetime:
        self.at += self._step
        return self.at

    def advance(self, **by: float) -> None:
        """Move forward by `timedelta(**by)`."""
        self.at += timedelta(**by)


@contextmanager
def stopped(
    at: datetime | None = None, *, step: timedelta = timedelta(0)
) -> Iterator[MovableClock]:
    """Stop the process's clock (at `at`, else now) and hand out the means to move it."""
    global _source  # noqa: PLW0603  one clock a process is the point
    before, clock = _source, MovableClock(at or now(), step)
    _source = clock
    try:
        yield clock
    finally:
        _source = before
