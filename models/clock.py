"""The only source of time, so that a test or a simulation can move it.

It is PostgreSQL's time, as this process last heard it from there: hosts whose clocks disagree judge
each other's leases and deadlines alike. Until the first connection it is the host's.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# Asks PostgreSQL for its time, in seconds since 1970.
ASK = "SELECT extract(epoch FROM clock_timestamp())"
# Seconds. Older answers are asked for again; ones that took longer to come say too little.
KEPT, SLOW = 60.0, 0.5


@dataclass(frozen=True, slots=True)
class _Setting:
    """PostgreSQL's time, and the host's, less that of `tick`; and when it was asked."""

    database: float
    host: float
    at: float


_setting: _Setting | None = None


def needs_setting() -> bool:
    """Return whether PostgreSQL is to be asked for the time: it was long ago, or the host slept."""
    if _setting is None or tick() - _setting.at > KEPT:
        return True
    return abs(time.time() - tick() - _setting.host) > 1


def set_by_database(seconds: float, asked_at: float) -> None:
    """Take PostgreSQL's answer to ASK, which was asked `asked_at`, on the clock of `tick`."""
    global _setting  # noqa: PLW0603  one clock a process is the point
    at = tick()
    quick = at - asked_at < SLOW
    if quick or _setting is None:
        asked_again_at = at if quick else float("-inf")
        _setting = _Setting(seconds - (asked_at + at) / 2, time.time() - at, asked_again_at)


def _system() -> datetime:
    if _setting is None:
        return datetime.now(UTC)
    return datetime.fromtimestamp(tick() + _setting.database, UTC)


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
