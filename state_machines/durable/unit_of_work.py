"""The unit of work: the transitions and activities of one transaction, written before its commit.

All rows of history and all new activities are one INSERT each, however many transitions there were.
After the commit, listeners receive the activities to dispatch and the executions that moved. A
listener must only take note, since it runs inside the request.
"""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import event, select
from sqlalchemy.orm import Session, SessionTransaction

from models import metrics, tracing
from models.base import db, table_of
from models.clock import now
from models.durable.activity import OVER, PUBLISHER_LEASE, ActivityRow, ActivityState
from models.durable.execution import Execution
from models.durable.transition import Transition
from models.ids import uuid7
from models.logs import logger
from models.many_rows import insert_all
from state_machines.durable.base.cause import current_cause

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Move:
    """A change of an execution: its machine, id and new version, and the id of its root.

    The root of a payment is its order; that of an order is the order itself.
    """

    machine: str
    id: UUID
    version: int
    root_id: UUID


@dataclass(slots=True)
class UnitOfWork:
    """The writes of one transaction, gathered in memory.

    `history` and `activities` are the rows to insert; the `written_` ones are inserted already
    (history is kept there only for metrics). `moves` has the last move of each execution but new
    ones: nobody can be waiting for them yet. `locked` has the executions that the transaction
    locked, and `traces` the contexts of their last transitions. `callbacks` are the functions to
    call just before the commit, with their items. With `queues_activities`, which the sweep sets,
    new activities are queued, and no listener receives them.
    """

    transaction: SessionTransaction | None
    history: list[dict[str, Any]] = field(default_factory=list)
    activities: list[dict[str, Any]] = field(default_factory=list)
    written_activities: list[dict[str, Any]] = field(default_factory=list)
    moves: dict[UUID, Move] = field(default_factory=dict)
    callbacks: dict[Callable[[list[Any]], None], list[Any]] = field(default_factory=dict)
    locked: dict[UUID, Any] = field(default_factory=dict)
    traces: dict[UUID, str | None] = field(default_factory=dict)
    written_history: list[dict[str, Any]] = field(default_factory=list)
    queues_activities: bool = False

    def copy(self) -> "UnitOfWork":
        """Return a copy of what is gathered so far."""
        names = [each.name for each in fields(self) if each.name != "transaction"]
        parts = {name: copy(getattr(self, name)) for name in names}
        parts["callbacks"] = {run: [*items] for run, items in self.callbacks.items()}
        return replace(self, **parts)


@dataclass(frozen=True, slots=True)
class Committed:
    """The new activities (name, id) of a committed transaction, and a move of each execution."""

    activities: tuple[tuple[str, UUID], ...]
    moves: frozenset[Move]
    # The contexts of the activities' traces, by id.
    traces: Mapping[UUID, str] = field(default_factory=dict)


T = TypeVar("T")
Listener = Callable[[Committed], None]
_listeners: list[Listener] = []


def after_commit(listener: Listener) -> None:
    """Call `listener` after every commit that moved executions or made activities."""
    if listener not in _listeners:
        _listeners.append(listener)


def remove_listener(listener: Listener) -> None:
    """Remove `listener`."""
    _listeners.remove(listener)


def unit_of_work() -> UnitOfWork:
    """Return the unit of work of the current transaction."""
    session = db.session()
    current: UnitOfWork | None = session.info.get("unit_of_work")
    # A dead connection may cut off a rollback: the unit of work of that transaction stays behind.
    if current is None or current.transaction is not session.get_transaction():
        current = session.info["unit_of_work"] = UnitOfWork(session.get_transaction())
    return current


def trace_of(subject_id: UUID) -> str | None:
    """Return the context of the execution's last transition, if there are traces."""
    if not tracing.is_on():
        return None
    current = unit_of_work()
    if subject_id not in current.traces:
        # A new row has no history yet.
        existing = {key for key, row in current.locked.items() if row.version}
        is_new = subject_id in current.locked and subject_id not in existing
        missing = {*existing, subject_id} - current.traces.keys()
        current.traces |= {subject_id: None} if is_new else Transition.load_traces(missing)
    return current.traces[subject_id]


def append_history(row: Execution, **values: Any) -> None:
    """Add a transition of `row` to the history: `values`, the row's new state and the cause."""
    cause, current = current_cause(), unit_of_work()
    context = tracing.current() or trace_of(row.id)
    current.traces[row.id] = context
    current.history.append(
        values
        | {
            "subject_id": row.id,
            "version": row.version,
            "target": row.state,
            "cause": cause.text,
            "actor": cause.actor,
            "at": row.updated_at,
            "traceparent": context,
        }
    )


def schedule(
    name: str, machine: str, subject_id: UUID, *, secret: str | None = None, **payload: Any
) -> None:
    """Schedule an activity. It exists once the transaction commits, and runs after that."""
    at, is_queued = now(), unit_of_work().queues_activities
    # A listener dispatches it. Without listeners the sweep does.
    due_at = at + PUBLISHER_LEASE if _listeners and not is_queued else at
    unit_of_work().activities.append(
        {
            "id": uuid7(),
            "name": name,
            "machine": machine,
            "subject_id": subject_id,
            "state": ActivityState.QUEUED if is_queued else ActivityState.PENDING,
            "attempts": 0,
            "due_at": due_at,
            "payload": payload,
            "secret": secret,
            "created_at": at,
            "traceparent": tracing.current() or trace_of(subject_id),
        }
    )


def announce(row: Execution, machine: str, root_id: UUID) -> None:
    """Tell those who wait for the root, after the commit, that `row` has changed."""
    unit_of_work().moves[row.id] = Move(machine, row.id, row.version, root_id)


def before_commit(run: Callable[[list[T]], None], item: T) -> None:
    """Call `run` once, just before the commit, with the items of all calls.

    For rows that many executions share: they are locked last, all at once, and only for a moment.
    """
    unit_of_work().callbacks.setdefault(run, []).append(item)


@event.listens_for(db.session, "before_commit")
def write_pending(session: Session) -> None:
    pending: UnitOfWork | None = session.info.get("unit_of_work")
    if pending is None or pending.transaction is not session.get_transaction():
        return
    if session.in_nested_transaction():
        # The end of a savepoint commits nothing.
        return
    write_gathered()


def write_gathered() -> None:
    """Write what the transaction has gathered so far, as the commit does."""
    session, pending = db.session(), unit_of_work()
    session.flush()
    # Inserts into the tables: objects of the ORM would take half as much time again.
    if pending.history:
        insert_all(table_of(Transition), pending.history)
        pending.written_history += pending.history if metrics.is_on() else ()
    if pending.queues_activities and pending.activities:
        # Deadlines and polls repeat: an activity that is still under way is not scheduled again.
        under_way = _under_way(session, {row["subject_id"] for row in pending.activities})
        pending.activities = [
            row for row in pending.activities if (row["name"], row["subject_id"]) not in under_way
        ]
    if pending.activities:
        insert_all(table_of(ActivityRow), pending.activities)
    pending.written_activities += pending.activities
    callbacks, pending.history, pending.activities, pending.callbacks = (
        pending.callbacks,
        [],
        [],
        {},
    )
    for run, items in callbacks.items():
        run(items)


def _under_way(session: Session, subject_ids: set[UUID]) -> set[tuple[str, UUID]]:
    query = select(ActivityRow.name, ActivityRow.subject_id).where(
        ActivityRow.subject_id.in_(subject_ids), ActivityRow.state.not_in(OVER)
    )
    return {(name, subject_id) for name, subject_id in session.execute(query)}


@event.listens_for(db.session, "after_commit")
def _publish(session: Session) -> None:
    if session.in_nested_transaction():
        return
    pending: UnitOfWork | None = session.info.pop("unit_of_work", None)
    metrics.count_transitions(pending.written_history if pending else ())
    if pending is None or not (pending.written_activities or pending.moves):
        return
    activities = () if pending.queues_activities else pending.written_activities
    keys = tuple((row["name"], row["id"]) for row in activities)
    traces = {row["id"]: row["traceparent"] for row in activities if row["traceparent"]}
    committed = Committed(keys, frozenset(pending.moves.values()), traces)
    for listener in _listeners:
        try:
            listener(committed)
        except Exception:
            # The commit is done, and the sweep publishes what the listener missed.
            log.exception("a listener failed after the commit")


@event.listens_for(db.session, "after_rollback")
def _discard(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.info.pop("unit_of_work", None)
