"""Machines as tables of arrows. One transition is one commit.

State, version, history, activities and deadline are written together or not at all.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar, cast
from uuid import UUID

from sqlalchemy import ColumnElement
from transitions import EventData, Machine, MachineError

from models.base import db
from models.clock import now
from models.durable.execution import Execution, Polled
from models.ids import uuid7
from state_machines.durable.base.timers import Deadline, Poll
from state_machines.durable.definition import Arrow, Display, check_table, registered_writes
from state_machines.durable.moves.locks import of_children, of_roots
from state_machines.durable.moves.traces import traced
from state_machines.durable.unit_of_work import announce, append_history, schedule, unit_of_work

E = TypeVar("E", bound=Execution)


class SignalRefusedError(Exception):
    """The machine has no arrow for this signal from the state of the row."""


class NotLockedError(RuntimeError):
    """A mistake in the code: it moves a row that its transaction has not locked."""


class DurableMachine(Generic[E]):
    """A machine for one kind of row. Its subclasses are tables and have no instances."""

    name: ClassVar[str]
    model: ClassVar[type[Any]]
    states: ClassVar[type[StrEnum]]
    arrows: ClassVar[tuple[Arrow, ...]]
    # Incremented when arrows or states change. History records it.
    version: ClassVar[int] = 1
    # States that no arrow enters any more. `machines stranded` lists the rows still in them.
    retired_states: ClassVar[tuple[StrEnum, ...]] = ()
    # Signals that operators may send, also to many rows at once. Each names the registered action
    # that checks the request and sends the signal (`@operator_action`); None sends it alone.
    operator_signals: "ClassVar[dict[Any, str | None]]" = {}
    deadlines: ClassVar[tuple[Deadline, ...]] = ()
    display: ClassVar[Display] = Display()
    # The model of a machine with a poll is `Polled`.
    poll: ClassVar[Poll | None] = None
    # States that wait for a person, the outside world or a child, and for nothing scheduled here.
    externally_driven: ClassVar[tuple[StrEnum, ...]] = ()
    # For states that wait: the condition under which the row still can be moved. Without it,
    # `machines stuck` lists the row. The condition may read other rows, such as a child's.
    awaited: "ClassVar[dict[StrEnum, ColumnElement[bool]]]" = {}
    # A child is locked through its parent, and its transitions are published as its parent's.
    parent: "ClassVar[type[DurableMachine[Any]] | None]" = None
    parent_key: ClassVar[str] = ""

    registry: "ClassVar[dict[str, type[DurableMachine[Any]]]]" = {}
    _machine: ClassVar[Machine]
    _births: ClassVar[dict[str, Arrow]]

    def __init_subclass__(cls) -> None:
        check_table(cls)
        cls._machine = Machine(
            None, states=cls.states, initial=None, auto_transitions=False, send_event=True
        )
        usable = [arrow for arrow in cls.arrows if not arrow.retired]
        cls._births = {arrow.signal: arrow for arrow in usable if arrow.source is None}
        for arrow in usable:
            if arrow.source is not None:
                after = partial(cls._after_trigger, arrow)
                cls._machine.add_transition(
                    arrow.signal.value, arrow.source, arrow.target, after=after
                )
        DurableMachine.registry[cls.name] = cls

    @classmethod
    def lock(cls, ids: Iterable[UUID], *, skip_locked: bool = False) -> dict[UUID, E]:
        """Lock the executions and return them by id.

        Rows are locked in the order of their ids, children through their parents, and read afresh.
        Rows that this transaction has locked already are returned as it knows them.
        """
        ids, locked = sorted(ids), unit_of_work().locked
        if all(key in locked for key in ids):
            return {key: locked[key] for key in ids}
        root: Any = cls.parent or cls
        child: Any = cls.model if cls.parent else None
        locking = of_roots(root.model, child, cls.parent_key, skip_locked=skip_locked)
        roots: dict[UUID, E] = root.note_locked(db.session.scalars(locking, {"ids": ids}))
        if cls.parent is None:
            return roots
        values = {"ids": ids, "parents": list(roots)}
        return cls.note_locked(db.session.scalars(of_children(child, cls.parent_key), values))

    @classmethod
    def note_locked(cls, rows: Iterable[Any]) -> dict[UUID, E]:
        """Note in the unit of work that the rows are locked, and return them by id."""
        rows_by_id = {row.id: row for row in rows}
        unit_of_work().locked.update(rows_by_id)
        return cast("dict[UUID, E]", rows_by_id)

    @classmethod
    def begin(
        cls, row: E, signal: str, *, reason: str | None = None, secret: str | None = None
    ) -> None:
        """Create an execution: its first state, first history row and activities."""
        arrow = cls._births.get(signal)
        if arrow is None:
            raise SignalRefusedError(f"{signal} begins no {cls.name}")
        row.id, row.version = row.id or uuid7(), 0
        row.created_at = row.created_at or now()
        db.session.add(row)
        unit_of_work().locked[row.id] = row
        row.state = arrow.target
        cls._write(arrow, row, reason=reason, secret=secret)

    @classmethod
    def send(
        cls, row: E, signal: StrEnum, *, reason: str | None = None, secret: str | None = None
    ) -> None:
        """Move `row`, which must be locked.

        Raises SignalRefusedError when its state has no arrow for `signal`.
        """
        if row.id not in unit_of_work().locked:
            raise NotLockedError(f"{cls.name} {row.id} must be locked before {signal}")
        event = cls._machine.events.get(signal.value)
        if event is None:
            raise SignalRefusedError(cls._explain_refusal(row, signal))
        try:
            event.trigger(row, reason=reason, secret=secret)
        except MachineError as error:
            raise SignalRefusedError(cls._explain_refusal(row, signal)) from error

    @classmethod
    def _explain_refusal(cls, row: E, signal: StrEnum) -> str:
        why = f"{signal} is retired" if cls._is_retired(row, signal) else f"no arrow for {signal}"
        return f"{cls.name} is {row.state}: {why}"

    @classmethod
    def _is_retired(cls, row: E, signal: StrEnum) -> bool:
        retired = (arrow for arrow in cls.arrows if arrow.retired)
        return any(arrow.signal == signal and arrow.source == row.state for arrow in retired)

    @classmethod
    def observe(cls, row: E, signal: StrEnum, *, reason: str | None = None) -> bool:
        """Record a fact from outside, and return whether it moved the row.

        Facts are never refused: without an arrow for it, the history gets an ignored row.
        """
        try:
            cls.send(row, signal, reason=reason)
        except SignalRefusedError:
            retired = cls._is_retired(row, signal)
            why = f"{signal} is retired" if retired else f"no arrow from {row.state}"
            because = f"{why}; {reason}" if reason else why
            cls._append(row, signal, row.state, because, ignored=True)
            return False
        return True

    @classmethod
    def _after_trigger(cls, arrow: Arrow, event: EventData) -> None:
        """Write the transition; `transitions` calls this once it has changed the state."""
        cls._write(arrow, cast("E", event.model), **event.kwargs)

    @classmethod
    @traced
    def _write(
        cls, arrow: Arrow, row: Any, *, reason: str | None = None, secret: str | None = None
    ) -> None:
        """Write everything that commits with a transition of `row` along `arrow`."""
        if not arrow.quiet:
            cls._append(row, arrow.signal, arrow.source, reason)
        for name in arrow.do:
            schedule(name, cls.name, row.id, secret=secret)
        row.deadline_at = cls._next_deadline(arrow, row)
        if issubclass(cls.model, Polled):
            row.poll_at = cls.poll.next_at(row, arrow.source) if cls.poll else None
        for name in arrow.writes:
            registered_writes[name](row, reason)
        if arrow.parent_signal is not None and cls.parent is not None:
            parent = db.session.get_one(cls.parent.model, cls.root_id(row))
            cls.parent.observe(parent, arrow.parent_signal, reason=reason)

    @classmethod
    def _append(
        cls, row: E, signal: StrEnum, source: str | None, why: str | None, *, ignored: bool = False
    ) -> None:
        """Add a row to the history of `row` and increment its version."""
        row.version += 1
        row.updated_at = now()
        if source is not None:
            announce(row, cls.name, cls.root_id(row))
        append_history(
            row,
            machine=cls.name,
            machine_version=cls.version,
            signal=signal.value,
            source=source,
            ignored=ignored,
            reason=why,
        )

    @classmethod
    def _next_deadline(cls, arrow: Arrow, row: E) -> datetime | None:
        deadline = cls.deadline_of(row.state)
        runs = deadline is cls.deadline_of(arrow.source)
        return None if deadline is None else deadline.next_at(row, runs=runs)

    @classmethod
    def allowed(cls, state: str) -> tuple[StrEnum, ...]:
        """Return the signals that have an arrow from `state`."""
        usable = (arrow for arrow in cls.arrows if not arrow.retired)
        return tuple(arrow.signal for arrow in usable if arrow.source == state)

    @classmethod
    def deadline_of(cls, state: str | None) -> Deadline | None:
        """Return the deadline of the rows in `state`."""
        return next((deadline for deadline in cls.deadlines if state in deadline.states), None)

    @classmethod
    def root_id(cls, row: E) -> UUID:
        """Return the id of the execution that holds the lock: the parent's, or the row's own."""
        return cast("UUID", getattr(row, cls.parent_key) if cls.parent else row.id)
