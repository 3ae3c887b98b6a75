"""Timers of a machine's table: deadlines, which move a row, and polls, which ask about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.clock import now
from models.durable.execution import Execution, Polled


@dataclass(frozen=True, slots=True)
class Deadline:
    """A durable timer: send `send` when the row has been in `states` for `after`.

    Moving between these states keeps the timer running until its time has passed. Entering from
    another state restarts it. So does a transition between these states after its time has passed,
    whether or not the sweep has sent the signal yet.

    A tuple of intervals makes a timer that fires repeatedly while the row stays: after the first
    interval, then after the second, and so on; the last one repeats. The time since the row last
    changed selects the interval. With `from_birth`, the row's age does, so that a row that returns
    to these states again and again is left alone for longer each time.
    """

    states: tuple[StrEnum, ...]
    after: timedelta | tuple[timedelta, ...]
    send: StrEnum
    from_birth: bool = False

    @property
    def intervals(self) -> tuple[timedelta, ...]:
        return self.after if isinstance(self.after, tuple) else (self.after,)

    def next_at(self, row: Execution, *, runs: bool) -> datetime | None:
        """Return the deadline of a row that has just moved into one of the states.

        `runs` means that it came from one of them: its timer goes on, unless its time has passed.
        """
        has_passed = row.deadline_at is not None and row.deadline_at <= now()
        if runs and not has_passed:
            return row.deadline_at
        since = row.created_at if self.from_birth else row.updated_at
        return now() + self.interval(now() - since)

    def interval(self, passed: timedelta) -> timedelta:
        """Return the interval that comes next when `passed` has gone by."""
        end = timedelta(0)
        for interval in self.intervals:
            end += interval
            if end > passed:
                return interval
        return self.intervals[-1]


def growing(*first: timedelta, last: timedelta) -> tuple[timedelta, ...]:
    """Return the intervals `first`, and then twice the one before, until `last` is reached."""
    intervals = [*first]
    while intervals[-1] < last:
        intervals.append(min(2 * intervals[-1], last))
    return tuple(intervals)


MAX_POLL_INTERVAL = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Poll:
    """A schedule on which the outside world is polled, in case its event was lost.

    While the row is in any of `states`, the sweep schedules the activity `do` when the row reaches
    each of `ages`, in ascending order, and then each time its age has doubled, but at least once
    per MAX_POLL_INTERVAL. The rows of such a machine are `Polled`.
    """

    states: tuple[StrEnum, ...]
    ages: tuple[timedelta, ...]
    do: str

    def after(self, created_at: datetime, at: datetime) -> datetime:
        """Return the time of the first poll after `at`, for a row created at `created_at`."""
        planned = (created_at + age for age in self.ages)
        interval = max(self.ages[-1], min(at - created_at, MAX_POLL_INTERVAL))
        return next((time for time in planned if time > at), at + interval)

    def next_at(self, row: Polled, source: str | None) -> datetime | None:
        """Return when a row that has just moved from the state `source` is polled next, if ever."""
        if row.state not in self.states:
            return None
        return row.poll_at if source in self.states else self.after(row.created_at, now())
