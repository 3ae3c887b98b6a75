"""What a transaction moved, gathered while it runs and written just before its commit.

The rows of history and the new activities go out as one INSERT each, however many moves there were.
After the commit the listeners hear what to dispatch and who moved; a listener must only take note,
since it runs inside the request.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import Table, event, insert, select
from sqlalchemy.orm import Session, SessionTransaction

from models.base import db
from models.clock import now
from models.durable.activity import OVER, ActivityRow, ActivityState
from models.durable.transition import Transition
from models.ids import uuid7
from models.logs import logger

log = logger(__name__)

# How long what is to be published belongs to the process that publishes it, until a sweep may do
# so again. How long a worker owns what it claimed is its activity's own lease.
LEASE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Cause:
    """The origin of a transition, for the history.

    `text` is such as `request:7f3a…`; `actor` is a person, where there is one.
    """

    text: str
    actor: str | None = None


_NOBODY = Cause("process")
_cause: ContextVar[Cause] = ContextVar("cause", default=_NOBODY)


def current_cause() -> Cause:
    """Return the cause of the transitions made here."""
    return _cause.get()


@contextmanager
def caused_by(kind: str, key: object, actor: str | None = None) -> Iterator[None]:
    """Record `kind:key` as the cause of every transition made inside."""
    token = _cause.set(Cause(f"{kind}:{key}", actor))
    try:
        yield
    finally:
        _cause.reset(token)


@dataclass(slots=True)
class UnitOfWork:
    """`moved` holds the root executions (an order for its payment) that moved, births aside: nobody
    can wait for what is only being born. `held` are the rows that this transaction has locked.
    `last` is what is done just before the commit. What is asked for `by_time` is announced to
    nobody: the sweep hands out so many of a name each second.
    """

    transaction: SessionTransaction | None

    history: list[dict[str, Any]] = field(default_factory=list)
    activities: list[dict[str, Any]] = field(default_factory=list)
    moved: set[UUID] = field(default_factory=set)
    last: dict[Callable[[list[Any]], None], list[Any]] = field(default_factory=dict)
    held: dict[UUID, Any] = field(default_factory=dict)
    by_time: bool = False


@dataclass(frozen=True, slots=True)
class Committed:
    """What a transaction left behind: activities by (name, id), and the executions it moved."""

    activities: tuple[tuple[str, UUID], ...]
    moved: frozenset[UUID]


T = TypeVar("T")
Listener = Callable[[Committed], None]
_listeners: list[Listener] = []


def after_commit(listener: Listener) -> None:
    """Have `listener` told of every commit that moved something or made activities."""
    if listener not in _listeners:
        _listeners.append(listener)


def remove_listener(listener: Listener) -> None:
    """Remove `listener`."""
    _listeners.remove(listener)


def unit_of_work() -> UnitOfWork:
    """The journal of the current transaction."""
    session = db.session()
    found: UnitOfWork | None = session.info.get("unit_of_work")
    # One whose rollback was cut off by a dead connection is still here: it is not ours.
    if found is None or found.transaction is not session.get_transaction():
        found = session.info["unit_of_work"] = UnitOfWork(session.get_transaction())
    return found


def schedule(
    name: str, machine: str, subject_id: UUID, *, secret: str | None = None, **payload: Any
) -> None:
    """Ask for an activity; it exists once the transaction commits, and then it will be run."""
    at, by_time = now(), unit_of_work().by_time
    # Whoever is told dispatches it. Where there is nobody to tell, the sweep may.
    due_at = at + LEASE if _listeners and not by_time else at
    unit_of_work().activities.append(
        {
            "id": uuid7(),
            "name": name,
            "machine": machine,
            "subject_id": subject_id,
            "state": ActivityState.QUEUED if by_time else ActivityState.PENDING,
            "attempts": 0,
            "due_at": due_at,
            "payload": payload,
            "secret": secret,
            "created_at": at,
        }
    )


def before_commit(run: Callable[[list[T]], None], item: T) -> None:
    """Have `run` called once just before the commit, with every item that was given for it.

    For rows that many executions share: they are locked last, all at once, and for a moment only.
    """
    unit_of_work().last.setdefault(run, []).append(item)


@event.listens_for(db.session, "before_commit")
def _write(session: Session) -> None:
    pending: UnitOfWork | None = session.info.get("unit_of_work")
    if pending is None or pending.transaction is not session.get_transaction():
        return
    session.flush()
    # Of the tables: as rows of the ORM they would cost half as much again.
    if pending.history:
        session.execute(insert(cast("Table", Transition.__table__)), pending.history)
    if pending.by_time and pending.activities:
        # Time asks again and again: what is still under way is not asked for twice.
        under_way = _under_way(session, pending.activities)
        pending.activities = [row for row in pending.activities if _whose(row) not in under_way]
    if pending.activities:
        session.execute(insert(cast("Table", ActivityRow.__table__)), pending.activities)
    for run, items in pending.last.items():
        run(items)


def _under_way(session: Session, rows: list[dict[str, Any]]) -> set[tuple[str, UUID]]:
    asked = select(ActivityRow.name, ActivityRow.subject_id).where(
        ActivityRow.subject_id.in_([row["subject_id"] for row in rows]),
        ActivityRow.state.not_in(OVER),
    )
    return {(name, subject_id) for name, subject_id in session.execute(asked)}


def _whose(row: dict[str, Any]) -> tuple[str, UUID]:
    return row["name"], row["subject_id"]


@event.listens_for(db.session, "after_commit")
def _tell(session: Session) -> None:
    pending: UnitOfWork | None = session.info.pop("unit_of_work", None)
    if pending is None or not (pending.activities or pending.moved):
        return
    told = () if pending.by_time else pending.activities
    committed = Committed(tuple((row["name"], row["id"]) for row in told), frozenset(pending.moved))
    for listener in _listeners:
        try:
            listener(committed)
        except Exception:
            # It is committed, whoever does not hear of it: the sweep will look.
            log.exception("a listener failed after the commit")


@event.listens_for(db.session, "after_rollback")
def _discard(session: Session) -> None:
    session.info.pop("unit_of_work", None)
