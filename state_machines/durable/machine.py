"""Machines as tables of arrows. One transition is one commit: state, version, history, activities
and deadline are written together or not at all.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar, cast
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import lazyload
from transitions import Machine, MachineError

from models.base import db
from models.clock import now
from models.durable.execution import Execution
from models.ids import uuid7
from state_machines.durable.definition import Arrow, Deadline, Poll, refuse_steady_repetition
from state_machines.durable.move import Move, append
from state_machines.durable.unit_of_work import unit_of_work

E = TypeVar("E", bound=Execution)


class SignalRefusedError(Exception):
    """The machine has no arrow for this signal from the state it is in."""


class NotLockedError(RuntimeError):
    """A row was moved that this transaction had not locked: a mistake in the code."""


class DurableMachine(Generic[E]):
    """One machine for one kind of row. Subclasses are tables; nobody makes instances."""

    name: ClassVar[str]
    model: ClassVar[type[Any]]
    states: ClassVar[type[StrEnum]]
    arrows: ClassVar[tuple[Arrow, ...]]
    deadlines: ClassVar[tuple[Deadline, ...]] = ()
    # The rows of a machine that has one are `Asked`.
    poll: ClassVar[Poll | None] = None
    # States that wait for a person, the outside world or a child execution, and for nothing else.
    externally_driven: ClassVar[tuple[StrEnum, ...]] = ()
    # For some of them, a condition on the row without which it waits for nothing: `machines stuck`
    # lists it. It may speak of other rows, such as a child's.
    awaited: "ClassVar[dict[StrEnum, ColumnElement[bool]]]" = {}
    # A child is locked, and announced, through its parent.
    parent: "ClassVar[type[DurableMachine[Any]] | None]" = None
    parent_key: ClassVar[str] = ""

    registry: "ClassVar[dict[str, type[DurableMachine[Any]]]]" = {}
    _machine: ClassVar[Machine]
    _born: ClassVar[dict[str, Arrow]]

    def __init_subclass__(cls) -> None:
        refuse_steady_repetition(cls.name, cls.arrows, cls.deadlines)
        cls._check_parent()
        cls._machine = Machine(
            model=None,
            states=cls.states,
            initial=None,
            auto_transitions=False,
            send_event=True,
            queued=False,
        )
        cls._born = {arrow.signal: arrow for arrow in cls.arrows if arrow.source is None}
        for arrow in cls.arrows:
            if arrow.source is not None:
                cls._machine.add_transition(
                    arrow.signal.value, arrow.source, arrow.target, after=Move(cls, arrow)
                )
        DurableMachine.registry[cls.name] = cls

    @classmethod
    def _check_parent(cls) -> None:
        """Refuse a child whose parent could not be locked or told through it."""
        told = [arrow.signal.value for arrow in cls.arrows if arrow.parent_signal is not None]
        if cls.parent is None:
            if told or cls.parent_key:
                raise TypeError(f"{cls.name} has no parent to tell: {', '.join(told)}")
        elif cls.parent.parent is not None:
            # The root's lock, and its waiters, are found one step up.
            path = f"{cls.parent.parent.name}, {cls.parent.name}, {cls.name}"
            raise TypeError(f"children have no children: {path}")
        elif not hasattr(cls.model, cls.parent_key):
            raise TypeError(
                f"{cls.name} has no column {cls.parent_key!r} for its {cls.parent.name}"
            )

    @classmethod
    def lock(cls, ids: Iterable[UUID], *, skip_locked: bool = False) -> dict[UUID, E]:
        """Lock executions (a child by its parent), in id order, and read them afresh; those that
        this transaction holds already are as it knows them.
        """
        ids = sorted(ids)
        held = unit_of_work().held
        if all(key in held for key in ids):
            return {key: held[key] for key in ids}
        if cls.parent is None:
            return cls._lock_roots(cls.model.id.in_(ids), skip_locked=skip_locked)
        key = getattr(cls.model, cls.parent_key)
        parents = cls.parent._lock_roots(  # noqa: SLF001  a machine, too
            cls.parent.model.id.in_(select(key).where(cls.model.id.in_(ids))),
            skip_locked=skip_locked,
        )
        found = db.session.scalars(
            select(cls.model)
            .where(cls.model.id.in_(ids), key.in_(list(parents)))
            .order_by(cls.model.id)
            # The parents are here already.
            .options(lazyload("*"))
            .execution_options(populate_existing=True)
        )
        return cls._hold(found)

    @classmethod
    def _lock_roots(cls, which: Any, *, skip_locked: bool) -> dict[UUID, E]:
        found = db.session.scalars(
            select(cls.model)
            .where(which)
            .order_by(cls.model.id)
            .with_for_update(key_share=True, skip_locked=skip_locked)
            .execution_options(populate_existing=True)
        )
        return cls._hold(found)

    @classmethod
    def _hold(cls, found: Iterable[Any]) -> dict[UUID, E]:
        rows = {row.id: row for row in found}
        unit_of_work().held.update(rows)
        return cast("dict[UUID, E]", rows)

    @classmethod
    def begin(
        cls, row: E, signal: str, *, reason: str | None = None, secret: str | None = None
    ) -> None:
        """Bring a new row to life: its first state, its first history row, its activities."""
        arrow = cls._born[signal]
        row.id, row.version = row.id or uuid7(), 0
        row.created_at = row.created_at or now()
        db.session.add(row)
        unit_of_work().held[row.id] = row
        row.state = arrow.target
        Move(cls, arrow).write(row, reason=reason, secret=secret)

    @classmethod
    def send(
        cls, row: E, signal: StrEnum, *, reason: str | None = None, secret: str | None = None
    ) -> None:
        """Move `row`, which must be locked.

        Raises SignalRefusedError when its state has no arrow for `signal`.
        """
        if row.id not in unit_of_work().held:
            raise NotLockedError(f"{cls.name} {row.id} must be locked before {signal}")
        event = cls._machine.events.get(signal.value)
        if event is None:
            raise SignalRefusedError(f"{cls.name} is {row.state}: {signal} only starts one")
        try:
            event.trigger(row, reason=reason, secret=secret)
        except MachineError as refused:
            raise SignalRefusedError(
                f"{cls.name} is {row.state}: no arrow for {signal}"
            ) from refused

    @classmethod
    def observe(cls, row: E, signal: StrEnum, *, reason: str | None = None) -> bool:
        """Send a fact from outside. Facts are never refused: one without an arrow is recorded in
        the history as ignored. Returns whether it moved the row.
        """
        try:
            cls.send(row, signal, reason=reason)
        except SignalRefusedError:
            because = f"no arrow from {row.state}" + (f"; {reason}" if reason else "")
            append(cls, row, signal, row.state, ignored=True, reason=because)
            return False
        return True

    @classmethod
    def allowed(cls, state: str) -> tuple[StrEnum, ...]:
        """The signals that have an arrow from `state`."""
        return tuple(arrow.signal for arrow in cls.arrows if arrow.source == state)

    @classmethod
    def deadline_of(cls, state: str | None) -> Deadline | None:
        return next((deadline for deadline in cls.deadlines if state in deadline.states), None)

    @classmethod
    def root_id(cls, row: E) -> UUID:
        """The id of the execution that holds the lock: the parent's, or its own."""
        return cast("UUID", getattr(row, cls.parent_key) if cls.parent else row.id)
