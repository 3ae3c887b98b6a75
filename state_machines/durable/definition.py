"""The arrows of a machine's table, the checks of the table, and the registry of writes."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from models.durable.execution import Execution, Polled


@dataclass(frozen=True, slots=True)
class Arrow:
    """A rule of a machine: one transition that it allows, and everything that commits with it.

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


class StateKind(StrEnum):
    """The meaning of a state for a person, such as for its colour."""

    WAITING = "waiting"
    UNDER_WAY = "underWay"
    GOOD = "good"
    DONE = "done"
    ENDED = "ended"  # without a result
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Display:
    """The way in which operators see a machine's executions. All of it is optional.

    `key`, `amount` and `customer` name columns: the key that people use, minor units of the column
    `currency`, and the id of a user. `kinds` are the meanings of states that their arrows do not
    tell. `actions` are registered actions that send no signal of this machine, as "order.refund".
    `find` returns an indexed condition for the rows that people name otherwise, or None.
    """

    key: str = "id"
    amount: str = "amount"
    customer: str = "user_id"
    kinds: Mapping[Any, StateKind] = field(default_factory=dict)
    actions: tuple[str, ...] = ()
    find: Callable[[str], Any] | None = None


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


STATE_NAME, SIGNAL_NAME = re.compile(r"[A-Z][A-Za-z]*"), re.compile(r"[a-z]+(_[a-z]+)*")
MAX_STATE_LENGTH = 32  # characters: the columns of states have as many


class MachineDefinitionError(TypeError):
    """A machine's table is faulty. The message lists all its problems, a line each."""

    def __init__(self, machine: str, problems: list[str]) -> None:
        super().__init__("\n- ".join([f"the table of {machine} is faulty:", *problems]))


def check_table(machine: Any) -> None:
    """Raise MachineDefinitionError unless the table of a machine's class is sound."""
    problems = [problem for check in CHECKS for problem in check(machine)]
    if problems:
        raise MachineDefinitionError(machine.name, problems)


def _check_names(machine: Any) -> Iterator[str]:
    if not issubclass(machine.model, Execution):
        yield f"its model {machine.model.__name__} must inherit from Execution"
    for state in machine.states:
        if not STATE_NAME.fullmatch(state) or len(state) > MAX_STATE_LENGTH:
            yield f"rename the state '{state}': a state is such as CodeSent, at most 32 letters"
    for signal in sorted({arrow.signal for arrow in machine.arrows}):
        if not SIGNAL_NAME.fullmatch(signal):
            yield f"rename the signal '{signal}': a signal is such as wrong_code"
    known = set(machine.states)
    named = {
        "arrows": [end for a in machine.arrows for end in (a.source, a.target) if end is not None],
        "deadlines": [state for deadline in machine.deadlines for state in deadline.states],
        "poll": machine.poll.states if machine.poll else (),
        "externally_driven": machine.externally_driven,
        "awaited": machine.awaited,
        "retired_states": machine.retired_states,
    }
    for part, states in named.items():
        for state in sorted(set(states) - known):
            yield f"{part} names the state '{state}', which {machine.states.__name__} does not have"


def _check_arrows(machine: Any) -> Iterator[str]:
    # A retired arrow may have a replacement.
    offered = Counter((a.signal, a.source) for a in machine.arrows if not a.retired)
    for (signal, source), number in offered.items():
        if number > 1:
            yield f"{number} arrows for {signal} from {source or 'nothing'}: keep one of them"
    for arrow in machine.arrows:
        if arrow.quiet and (arrow.source != arrow.target or arrow.writes or arrow.parent_signal):
            yield f"{arrow.signal} is quiet, and changes something: remove quiet=True"
        enters = arrow.target in machine.retired_states
        if enters and arrow.source not in machine.retired_states and not arrow.retired:
            yield f"{arrow.signal} leads to {arrow.target}, which is retired: retire the arrow, too"
    reached: set[StrEnum | None] = {None}
    while more := {a.target for a in machine.arrows if a.source in reached} - reached:
        reached |= more
    for state in machine.states:
        if state not in reached:
            yield f"no arrows lead to {state}: add one, or remove the state"


def _check_deadlines(machine: Any) -> Iterator[str]:
    sources = {(arrow.signal, arrow.source) for arrow in machine.arrows if not arrow.retired}
    for state, number in Counter(s for d in machine.deadlines for s in d.states).items():
        if number > 1:
            yield f"{number} deadlines for {state}: keep one of them"
    for deadline in machine.deadlines:
        if min(deadline.intervals, default=timedelta(0)) <= timedelta(0):
            yield f"the deadline {deadline.send} needs intervals above zero"
        for state in deadline.states:
            if (deadline.send, state) not in sources:
                yield f"the deadline {deadline.send} has no arrow from {state}: add it"


def _check_repetition(machine: Any) -> Iterator[str]:
    """Yield deadlines that would fire for ever at one pace, or fill the history."""
    for deadline in machine.deadlines:
        for arrow in machine.arrows:
            again = arrow.source in deadline.states and arrow.target in deadline.states
            if not again or arrow.signal != deadline.send:
                continue
            if len(deadline.intervals) == 1:
                yield f"{arrow.signal} repeats from {arrow.source}: give it growing intervals"
            if not arrow.quiet:
                yield f"{arrow.signal} repeats from {arrow.source}: its arrow must be quiet"


def _check_waiting(machine: Any) -> Iterator[str]:
    left = {arrow.source for arrow in machine.arrows if arrow.source != arrow.target}
    waiting = {*machine.externally_driven, *machine.awaited}
    if machine.poll:
        waiting |= set(machine.poll.states)
        if not issubclass(machine.model, Polled):
            yield f"it has a poll: its model {machine.model.__name__} must inherit from Polled"
        if list(machine.poll.ages) != sorted(set(machine.poll.ages)) or not machine.poll.ages:
            yield "the ages of its poll must ascend"
    for state in sorted(waiting & set(machine.states) - left):
        yield f"{state} is said to wait, but no arrow leaves it: add one, or remove it there"


def _check_parent(machine: Any) -> Iterator[str]:
    parent, arrows = machine.parent, [a for a in machine.arrows if a.parent_signal is not None]
    if parent is None:
        if machine.parent_key:
            yield f"it has a parent_key, {machine.parent_key}, but no parent"
        for arrow in arrows:
            yield f"{arrow.signal} has a parent_signal, but there is no parent"
        return
    if parent.parent is not None:
        # The root's lock, and the requests that wait for it, are one step up.
        yield f"{parent.parent.name}, {parent.name}, {machine.name}: a child cannot have children"
    if not hasattr(machine.model, machine.parent_key):
        yield f"{machine.model.__name__} has no column {machine.parent_key!r} for its {parent.name}"
    heard = {arrow.signal for arrow in parent.arrows if arrow.source is not None}
    for signal in sorted({arrow.parent_signal for arrow in arrows} - heard):
        yield f"{parent.name} has no arrow for the parent_signal {signal}"


CHECKS = (
    _check_names,
    _check_arrows,
    _check_deadlines,
    _check_repetition,
    _check_waiting,
    _check_parent,
)
