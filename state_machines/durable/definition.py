"""What a machine is made of: arrows and deadlines, which are plain data."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Arrow:
    """`signal` moves from `source` (None: the row is born) to `target`, asks for the activities
    `do` and has the effects `effects` on other rows, and tells the parent execution `tells`: all in
    one transaction. A `quiet` arrow changes nothing but what is asked for, and writes no history.
    """

    signal: StrEnum
    source: StrEnum | None
    target: StrEnum
    do: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    parent_signal: StrEnum | None = None
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Deadline:
    """Send `send` when the row has been in `states` for `after`. Moving among these states keeps
    the timer running; entering from another state restarts it.

    Several intervals make a deadline that fires again while the row stays: after the first
    interval, then the second, and the last one from then on. Which one is next follows from how
    long the row has not changed; with `from_birth`, from how old it is, so that a row that comes
    back to these states again and again is left alone for longer each time.
    """

    states: tuple[StrEnum, ...]
    after: timedelta | tuple[timedelta, ...]
    send: StrEnum
    from_birth: bool = False

    @property
    def intervals(self) -> tuple[timedelta, ...]:
        return self.after if isinstance(self.after, tuple) else (self.after,)

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


def refuse_steady_repetition(
    machine: str, arrows: tuple[Arrow, ...], deadlines: tuple[Deadline, ...]
) -> None:
    """Raise ValueError for a quiet arrow that changes something, and for a deadline that would fire
    for ever at one pace, or fill the history.
    """
    for arrow in arrows:
        if arrow.quiet and (arrow.source != arrow.target or arrow.writes or arrow.parent_signal):
            raise ValueError(f"{machine}: {arrow.signal} is quiet, and changes something")
    for deadline in deadlines:
        for arrow in arrows:
            again = arrow.source in deadline.states and arrow.target in deadline.states
            if not again or arrow.signal != deadline.send:
                continue
            if len(deadline.intervals) == 1:
                raise ValueError(f"{machine}: {arrow.signal} repeats: give it growing intervals")
            if not arrow.quiet:
                raise ValueError(f"{machine}: {arrow.signal} repeats: its arrow must be quiet")


# No two polls of one row lie further apart, however old it is.
LONGEST = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Poll:
    """In any of `states`, the activity `do` asks the outside world whether its word got lost: when
    the row is as old as each of `ages`, and then whenever its age has doubled, at least once in
    LONGEST.
    """

    states: tuple[StrEnum, ...]
    ages: tuple[timedelta, ...]
    do: str

    def after(self, born: datetime, at: datetime) -> datetime:
        """When to ask next, of a row that was born at `born`."""
        ripe = (born + age for age in self.ages)
        step = max(self.ages[-1], min(at - born, LONGEST))
        return next((moment for moment in ripe if moment > at), at + step)
