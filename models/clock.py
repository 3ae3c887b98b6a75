"""The only source of time, which a test or a simulation can move.

It is PostgreSQL's time, so that hosts with different clocks agree about leases and deadlines. Until
a process opens its first connection, it is the host's time.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# Returns PostgreSQL's time, in seconds since 1970.
TIME_QUERY = "SELECT extract(epoch FROM clock_timestamp())"
# An answer is replaced at this age, and is too inexact when it took longer than this to arrive.
MAX_AGE_SECONDS, MAX_ANSWER_SECONDS = 60.0, 0.5


@dataclass(frozen=True, slots=True)
class _Setting:
    """An answer of PostgreSQL's, received when `tick` was `at`.

    `database` and `host` are the times of PostgreSQL and of the host minus that of `tick`.
    """

    database: float
    host: float
    at: float


_setting: _Setting | None = None


def needs_setting() -> bool:
    """Return whether PostgreSQL's answer is missing or old, or the host's clock has jumped."""
    if _setting is None or tick() - _setting.at > MAX_AGE_SECONDS:
        return True
    return abs(time.time() - tick() - _setting.host) > 1


def set_by_database(seconds: float, asked_at: float) -> None:
    """Set the clock to PostgreSQL's answer to TIME_QUERY, asked at `asked_at` of `tick`."""
    global _setting  # noqa: PLW0603  each process has one clock
    at = tick()
    quick = at - asked_at < MAX_ANSWER_SECONDS
    if quick or _setting is None:
        asked_again_at = at if quick else float("-inf")
        _setting = _Setting(seconds - (asked_at + at) / 2, time.time() - at, asked_again_at)


def _system() -> datetime:
    if _setting is None:
        return datetime.now(UTC)
    return datetime.fromtimestamp(tick() + _setting.database, UTC)


_source: Callable[[], datetime] = _system


def lead_over_host(seconds: float) -> float:
    """Return how far PostgreSQL's answer to TIME_QUERY is ahead of the host's clock, in seconds."""
    return seconds - time.time()


def now() -> datetime:
    """Return the current time, in UTC."""
    return _source()


def tick() -> float:
    """Return the seconds of a clock that never jumps, to measure waits inside one process."""
    return time.monotonic()


class MovableClock:
    """A clock that stands still until it is moved, or advances by `step` at each reading."""

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
    """Replace the process's clock by one that starts `at` a time, else now, and yield it."""
    global _source  # noqa: PLW0603  each process has one clock
    before, clock = _source, MovableClock(at or now(), step)
    _source = clock
    try:
        yield clock
    finally:
        _source = before
