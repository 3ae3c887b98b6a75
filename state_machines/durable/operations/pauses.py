"""Pauses: no worker claims activities that an operator has paused by name, queue or provider.

The statement that claims activities reads the pauses: they hold from their commit on, in every
process, and without one they cost no statement.
"""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from models.base import db, table_of
from models.clock import now
from models.durable.activity import NOT_OVER, OVER, ActivityRow
from models.durable.control import Pause, PauseKind
from state_machines.durable.activity import Activity
from state_machines.durable.base.timers import Deadline
from state_machines.durable.machine import DurableMachine
from state_machines.durable.operations.commands import OperationRefusedError

# Maximum executions whose deadlines are extended in one transaction.
MAX_EXTENDED = 500
AnyActivity = Activity[Any, Any, Any]
Machine = type[DurableMachine[Any]]


def pause(kind: PauseKind, name: str, *, reason: str, actor: str) -> None:
    """Stop the claims of an activity, a queue or a provider. Calls under way finish.

    Raises OperationRefusedError when nothing has this name, or when it is paused already.
    """
    require_known(kind, name)
    values = {"kind": kind, "name": name, "reason": reason, "actor": actor, "paused_at": now()}
    new = insert(Pause).values(values).on_conflict_do_nothing().returning(Pause.name)
    if db.session.scalar(new) is None:
        raise OperationRefusedError(f"{kind} {name} is paused already")


def resume(kind: PauseKind, name: str) -> None:
    """End a pause. Raises OperationRefusedError when there is none."""
    db.session.delete(_load_pause(kind, name))


def resume_in_steps(
    kind: PauseKind, name: str, step: Callable[[dict[str, int]], AbstractContextManager[object]]
) -> int:
    """Extend the deadlines that waited, end the pause, and return the number of deadlines.

    Each step is a transaction that `step` opens; it receives the number of its deadlines.
    """
    at, extended, number = now(), 0, MAX_EXTENDED
    while number == MAX_EXTENDED:
        counts: dict[str, int] = {}
        with step(counts):
            counts["deadlines"] = number = extend_deadlines(kind, name, at)
            if number < MAX_EXTENDED:
                resume(kind, name)
        extended += number
    return extended


def _load_pause(kind: PauseKind, name: str) -> Pause:
    row = db.session.get(Pause, (kind, name), with_for_update=True)
    if row is None:
        raise OperationRefusedError(f"{kind} {name} is not paused")
    return row


def extend_deadlines(kind: PauseKind, name: str, at: datetime) -> int:
    """Give executions that wait for what is paused their full interval from `at`.

    Extends up to MAX_EXTENDED in the current transaction, without those that another transaction
    holds, and returns their number. Raises OperationRefusedError without a pause.
    """
    _load_pause(kind, name)
    names, extended = names_of(kind, name), 0
    for machine in DurableMachine.registry.values():
        for deadline in machine.deadlines:
            number = MAX_EXTENDED - extended
            extended += _extend(machine, deadline, names, at + deadline.intervals[0], number)
    return extended


def _extend(
    machine: Machine, deadline: Deadline, names: Collection[str], until: datetime, number: int
) -> int:
    # Plain SQL, since a row may be in a state that the code does not know.
    row = machine.model
    earlier = row.state.in_(deadline.states) & (row.deadline_at < until)
    query = select(row.id).where(earlier, waits_for(machine, names)).order_by(row.id).limit(number)
    ids = db.session.scalars(query.with_for_update(key_share=True, skip_locked=True, of=row)).all()
    extend = update(row).where(row.id.in_(ids)).values(deadline_at=until)
    db.session.execute(extend.execution_options(synchronize_session=False))
    return len(ids)


def extend_deadline(machine: Machine, row: Any) -> None:
    """Move the deadline of a locked row, which has passed, to its full interval from now."""
    deadline = machine.deadline_of(row.state)
    if deadline is not None:
        row.deadline_at = now() + deadline.intervals[0]


def waits_for(machine: Machine, names: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that an execution, or a child of it, waits for one of the activities."""
    row = machine.model
    under_way = ActivityRow.name.in_(names) & ActivityRow.state.not_in(OVER)
    waits = [exists().where(ActivityRow.subject_id == row.id, under_way)]
    for child in DurableMachine.registry.values():
        if child.parent is machine:
            is_child = getattr(child.model, child.parent_key) == row.id
            waits.append(
                exists().where(is_child, ActivityRow.subject_id == child.model.id, under_way)
            )
    return or_(*waits)


def waiting_ids(machine: Machine, ids: Collection[UUID], names: Collection[str]) -> set[UUID]:
    """Return the ids of those rows that wait for one of the activities."""
    key = machine.model.id
    return set(db.session.scalars(select(key).where(key.in_(ids), waits_for(machine, names))))


def names_of(kind: PauseKind, name: str) -> list[str]:
    """Return the names of the activities that a pause stops."""
    return [each.name for each in Activity.registry.values() if (kind, name) in _targets(each)]


def paused_activities() -> dict[str, str]:
    """Return the names of the paused activities, each with the reason of a pause."""
    return {activity: reason for activity, (reason, _) in load_pauses().items()}


def load_pauses() -> dict[str, tuple[str, datetime]]:
    """Return the reason and the begin of a pause for each paused activity."""
    columns = select(Pause.kind, Pause.name, Pause.reason, Pause.paused_at)
    return {
        activity: (reason, paused_at)
        for kind, name, reason, paused_at in db.session.execute(columns)
        for activity in names_of(kind, name)
    }


def count_waiting() -> dict[str, int]:
    """Return the number of activities of each name that no worker runs and that are not over.

    Names without any are missing.
    """
    waiting = ActivityRow.state.in_(NOT_OVER) & ~ActivityRow.is_held()
    query = select(ActivityRow.name, func.count()).where(waiting).group_by(ActivityRow.name)
    return dict(db.session.execute(query).all())


@cache
def is_paused(activity: AnyActivity) -> ColumnElement[bool]:
    """Return the condition that an activity is paused."""
    columns = table_of(Pause).c
    targets = [
        and_(columns.kind == kind, columns.name == name) for kind, name in _targets(activity)
    ]
    return exists().where(or_(*targets))


def _targets(activity: AnyActivity) -> list[tuple[PauseKind, str]]:
    """Return the pauses that stop an activity."""
    provider = [(PauseKind.PROVIDER, activity.provider)] if activity.provider else []
    return [(PauseKind.ACTIVITY, activity.name), (PauseKind.QUEUE, activity.queue), *provider]


def require_known(kind: PauseKind, name: str) -> None:
    """Raise OperationRefusedError when no activity has this name, queue or provider."""
    known = [target for is_, target in list_targets() if is_ == kind]
    if name not in known:
        raise OperationRefusedError(f"There is no {kind} {name}; there are {', '.join(known)}")


def list_targets() -> list[tuple[PauseKind, str]]:
    """Return everything that can be paused."""
    return sorted({target for each in Activity.registry.values() for target in _targets(each)})
