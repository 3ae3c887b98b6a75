"""Operations of people: retry, abandon and cancel activities, and send signals to executions.

Each runs in the caller's transaction, so that the caller's audit commits with the change.
"""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import OperationalError

from models.base import db, is_unknown_state
from models.clock import now
from models.durable.activity import (
    IS_GIVING_UP,
    MAX_ERROR_CHARACTERS,
    NOT_OVER,
    UNKNOWN_OUTCOMES,
    ActivityRow,
    ActivityState,
)
from models.logs import one_line
from state_machines.durable.activity import Activity
from state_machines.durable.base.failure import CallError, NonRetryableError, UnknownOutcomeError
from state_machines.durable.machine import DurableMachine
from state_machines.durable.operations.actions import registered_actions
from state_machines.durable.operations.unneeded import find_unneeded
from state_machines.durable.unit_of_work import unit_of_work

# No attempt is left, but the machine has not applied the failure yet.
GIVING_UP = ActivityRow.state.in_(NOT_OVER) & IS_GIVING_UP
HAS_FAILED = (ActivityRow.state == ActivityState.FAILED) | GIVING_UP


class OperationRefusedError(Exception):
    """The operation is not possible now. The message says why; nothing was changed."""


def retry(activity_id: UUID) -> ActivityRow:
    """Give a failed activity a full set of attempts. Its idempotency key stays.

    Raises OperationRefusedError unless it has failed and has a call to make.
    """
    row = _lock_failed(activity_id)
    for reason in retry_all(ActivityRow.id == activity_id).unneeded.values():
        raise OperationRefusedError(f"{row.name} {activity_id} {reason}")
    return row


class Retried(NamedTuple):
    """The number of activities that run again, by name, and the reasons for not running others."""

    counts: Counter[str]
    unneeded: dict[UUID, str]


def retry_all(*conditions: ColumnElement[bool]) -> Retried:
    """Give matching failed activities a full set of attempts.

    Those that have no call to make, and those that another transaction holds, stay as they are.
    """
    # Locking in the order of ids keeps two operators from a deadlock.
    query = select(ActivityRow).where(HAS_FAILED, *conditions).order_by(ActivityRow.id)
    free = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    rows = db.session.scalars(free).all()
    unneeded = find_unneeded(rows)
    names = db.session.scalars(
        update(ActivityRow)
        .where(ActivityRow.id.in_([row.id for row in rows if row.id not in unneeded]))
        .values(
            state=ActivityState.PENDING,
            attempts=0,
            due_at=now(),
            late_since=None,
            finished_at=None,
            token=None,
            giving_up=None,
        )
        .returning(ActivityRow.name)
        .execution_options(synchronize_session=False)
    )
    return Retried(Counter(names), unneeded)


def abandon(activity_id: UUID) -> ActivityRow:
    """Mark a failed activity as no longer needed, and erase its secret.

    Raises OperationRefusedError unless it has failed.
    """
    row = _lock_failed(activity_id)
    row.state, row.secret, row.finished_at = ActivityState.ABANDONED, None, now()
    row.token, row.giving_up = None, None
    return row


def can_be_cancelled() -> ColumnElement[bool]:
    """Return the condition that an activity is under way, and no worker runs it."""
    is_waiting = ActivityRow.state.in_(NOT_OVER) & ~ActivityRow.is_held()
    return is_waiting & ~IS_GIVING_UP


def cancel(
    activity_id: UUID, *, operator: str, reason: str | None = None, maybe_sent: bool = False
) -> ActivityRow:
    """Fail an activity that no worker runs, and tell its machine by `give_up`.

    A worker whose lease has ended has died, and may have made the call.

    The error names the operator and the reason. It is a NonRetryableError, which means that the
    provider did not carry the call out. Where it may have, it is an UnknownOutcomeError, and the
    call is refused without `maybe_sent`.

    Raises OperationRefusedError.
    """
    row = _lock(activity_id)
    _refuse_running_or_over(row)
    activity = Activity.registry.get(row.name)
    if activity is None:
        raise OperationRefusedError(f"This version of the code knows no activity {row.name}")
    row.unknown_outcomes = UNKNOWN_OUTCOMES
    db.session.flush()
    outcomes = _count_unknown_outcomes(row)
    if outcomes and not maybe_sent:
        raise OperationRefusedError(
            f"{row.name} {row.id} may have been carried out: {outcomes} of its attempts had no"
            " answer; give --maybe-sent to cancel it all the same"
        )
    sentence = f"cancelled by {operator}" + (f": {reason}" if reason else "")
    row.state, row.finished_at, row.token = ActivityState.FAILED, now(), None
    row.last_error = sentence[:MAX_ERROR_CHARACTERS]
    _tell(activity, row, (UnknownOutcomeError if outcomes else NonRetryableError)(sentence))
    return row


def send(
    machine: type[DurableMachine[Any]],
    execution_id: UUID,
    signal: StrEnum,
    *,
    state: str,
    reason: str | None = None,
) -> bool:
    """Run an operator's signal on an execution that is in `state`; return whether it did anything.

    Raises OperationRefusedError when the execution is not there or has left the state, and whatever
    the machine or the registered action raises.
    """
    row = machine.lock([execution_id]).get(execution_id)
    if row is None:
        raise OperationRefusedError(f"There is no {machine.name} {execution_id}")
    if row.state != state:
        raise OperationRefusedError(f"It is {row.state} now")
    refuse_fields(machine, signal)
    action, before = machine.operator_signals[signal], _count_writes()
    if action is None:
        machine.send(row, signal, reason=reason)
    else:
        registered_actions[action].run(row, reason)
    # An action that is repeated, such as a cancellation under way, does nothing.
    return _count_writes() > before


def _count_writes() -> int:
    return len(unit_of_work().history) + len(unit_of_work().activities)


def refuse_fields(machine: type[DurableMachine[Any]], signal: StrEnum) -> None:
    """Refuse to send many executions a signal whose action needs fields of each.

    Raises OperationRefusedError.
    """
    if fields := ", ".join(required_fields(machine, signal)):
        raise OperationRefusedError(
            f"{signal} needs {fields} of each {machine.name}: send it alone"
        )


def required_fields(machine: type[DurableMachine[Any]], signal: StrEnum) -> Sequence[str]:
    """Return the fields that an operator signal needs beside its reason."""
    action = registered_actions.get(machine.operator_signals[signal] or "")
    return () if action is None else action.required


def _lock(activity_id: UUID) -> ActivityRow:
    row = db.session.get(ActivityRow, activity_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise OperationRefusedError(f"There is no activity {activity_id}")
    return row


def _lock_failed(activity_id: UUID) -> ActivityRow:
    row = _lock(activity_id)
    if row.state != ActivityState.FAILED and row.giving_up is None:
        raise OperationRefusedError(f"{row.name} {activity_id} is {row.state}, not failed")
    return row


def _refuse_running_or_over(row: ActivityRow) -> None:
    if row.state == ActivityState.RUNNING and row.due_at > now():
        raise OperationRefusedError(
            f"A worker runs {row.name} {row.id}: its lease ends at {row.due_at:%Y-%m-%d %H:%M:%S}"
            " UTC; cancel it when it is waiting again"
        )
    if row.state not in NOT_OVER:
        raise OperationRefusedError(f"{row.name} {row.id} is {row.state}: it has ended")
    refuse_giving_up(row)


def refuse_giving_up(row: ActivityRow) -> None:
    """Raise OperationRefusedError if no call is left, and the machine could not be told so."""
    if row.giving_up is not None:
        raise OperationRefusedError(
            f"{row.name} {row.id} has given up, and its machine could not be told so:"
            " retry or abandon it"
        )


def _count_unknown_outcomes(row: ActivityRow) -> int:
    """Count attempts without an answer of all activities that make this call for this execution.

    A poll may repeat a call of which an earlier activity has had no answer.
    """
    total = select(func.coalesce(func.sum(ActivityRow.unknown_outcomes), 0)).where(
        ActivityRow.subject_id == row.subject_id, ActivityRow.name == row.name
    )
    return int(db.session.scalar(total) or 0)


def _tell(activity: Activity[Any, Any, Any], row: ActivityRow, error: CallError) -> None:
    """Lock the execution and call `give_up`, as after the last attempt."""
    subject = activity.machine.lock([row.subject_id]).get(row.subject_id)
    if subject is None:
        return
    try:
        activity.give_up(subject, error)
        db.session.flush()
    except Exception as problem:
        if isinstance(problem, OperationalError) or is_unknown_state(problem):
            raise
        raise OperationRefusedError(
            f"{activity.machine.name} {row.subject_id} could not be told that {row.name} is"
            f" cancelled: {one_line(problem)}"
        ) from problem
