"""The plain data of a machine's table: arrows, deadlines, polls, and the registry of writes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar


@dataclass(frozen=True, slots=True)
class Arrow:
    """One transition of a machine, and everything that commits with it.

    `signal` moves the row from `source` to `target`; `None` as source creates the row. `do` names
    the activities to schedule, `writes` the registered functions that change other rows (see
    `@writes`), and `parent_signal` is observed by the parent execution. A `quiet` arrow only
    schedules activities: it writes no history and must not change the state. A `retired` arrow only
    explains old history: nothing moves along it any more.
    """

    signal: StrEnum
    source: StrEnum | None
    target: StrEnum
    do: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    parent_signal: StrEnum | None = None
    quiet: bool = False
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Deadline:
    """A durable timer: send `send` when the row has been in `states` for `after`.

    Moving between these states keeps the timer running. Entering from another state, or a
    self-transition after it fired, restarts it.

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


def refuse_entering_retired_states(
    machine: str, arrows: tuple[Arrow, ...], retired_states: tuple[StrEnum, ...]
) -> None:
    """Raise ValueError for an arrow by which a row could still enter a retired state."""
    for arrow in arrows:
        enters = arrow.target in retired_states and arrow.source not in retired_states
        if enters and not arrow.retired:
            raise ValueError(
                f"{machine}: {arrow.signal} leads to {arrow.target}, which is retired: retire the"
                " arrow, too"
            )


def refuse_impossible_parents(machine: Any) -> None:
    """Raise TypeError for a child that its parent cannot lock, or that it cannot signal."""
    name, parent = machine.name, machine.parent
    signals = [arrow.signal.value for arrow in machine.arrows if arrow.parent_signal is not None]
    if parent is None:
        if signals or machine.parent_key:
            raise TypeError(f"{name} has no parent to tell: {', '.join(signals)}")
    elif parent.parent is not None:
        # The root's lock, and its waiters, are found one step up.
        path = f"{parent.parent.name}, {parent.name}, {name}"
        raise TypeError(f"children have no children: {path}")
    elif not hasattr(machine.model, machine.parent_key):
        raise TypeError(f"{name} has no column {machine.parent_key!r} for its {parent.name}")


MAX_POLL_INTERVAL = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Poll:
    """A schedule on which the outside world is polled, in case its message was lost.

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


# Takes the row that moved and the reason of its signal.
Write = Callable[[Any, str | None], None]
F = TypeVar("F", bound=Write)

registered_writes: dict[str, Write] = {}


def writes(name: str) -> Callable[[F], F]:
    """Register a function under `name`, such as "stock.release", for the `writes` of arrows.

    It runs in the transaction of the transition and changes rows beside the one that moved.
    """

    def register(run: F) -> F:
        registered_writes[name] = run
        return run

    return register


# Takes a locked row and a reason, checks what the arrows cannot, and sends the signal.
Action = Callable[[Any, str | None], object]
A = TypeVar("A", bound=Action)

registered_actions: dict[str, Action] = {}


def operator_action(name: str) -> Callable[[A], A]:
    """Register a function under `name`, such as "order.cancel", for a machine's `operator_signals`.

    It runs in one transaction with the lock of the row, and raises what refuses the request.
    """

    def register(run: A) -> A:
        registered_actions[name] = run
        return run

    return register
