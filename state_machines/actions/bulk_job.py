"""Bulk jobs: their selection, their creation, and the work on one batch of their rows."""

from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    Uuid,
    column,
    func,
    insert,
    literal,
    select,
    update,
)

from models.audit import audit
from models.base import db
from models.bulk import Bulk, BulkAction, BulkResult, BulkResultState
from models.clock import now
from models.durable.activity import ActivityRow, ActivityState
from models.durable.signal import SignalState
from models.errors import ConflictError, InvalidInputError
from state_machines.actions import bulk_changes
from state_machines.actions.bulk_changes import Changes, SignalRequest, change_each
from state_machines.actions.selection import (
    Filters,
    Selection,
    select_activities,
    select_executions,
    select_signals,
)
from state_machines.bulk import BulkMachine, BulkSignal
from state_machines.durable import DurableMachine, caused_by
from state_machines.durable.base.states import state_of
from state_machines.durable.operations import commands

MAX_ROWS = 100_000
REPLAYABLE = (SignalState.FAILED, SignalState.UNMATCHED, SignalState.IGNORED)
SHARED_FILTERS = ("ids", "subject_id", "state", "error", "since", "until")
ACTIVITY_FILTERS = (*SHARED_FILTERS, "name", "machine")
FILTERS = {
    BulkAction.REPLAY: (*SHARED_FILTERS, "source", "kind"),
    BulkAction.SIGNAL: ("ids", "machine", "state", "changed_before"),
}
# Rows of one transaction: it holds their locks for a fraction of a second. Each batch is a message,
# whose way costs as much as some ten rows.
BATCH_SIZE = 100


def select_rows(action: BulkAction, filters: Filters, options: dict[str, Any]) -> Selection:
    """Return the rows that an action may change. Raises InvalidInputError for a bad filter."""
    filters.require_only(FILTERS.get(action, ACTIVITY_FILTERS))
    if action is BulkAction.REPLAY:
        _require_state(filters.state, REPLAYABLE)
        return select_signals(filters)
    if action is BulkAction.SIGNAL:
        machine = find_machine(filters.machine)
        find_signal(machine, options.get("signal"))
        _require_state(filters.state or "", machine.states)
        return select_executions(machine, filters)
    if filters.machine is not None:
        find_machine(filters.machine)
    _require_state(filters.state, ActivityState)
    return select_activities(filters, *_eligible(action))


def _require_state(state: str | None, states: Iterable[str]) -> None:
    values = [str(each) for each in states]
    if state is not None and state not in values:
        raise InvalidInputError("filter.state", f"must be one of {', '.join(values)}")


def _eligible(action: BulkAction) -> list[ColumnElement[bool]]:
    return [commands.can_be_cancelled() if action is BulkAction.CANCEL else commands.HAS_FAILED]


def find_machine(name: str | None) -> type[DurableMachine[Any]]:
    """Return the machine of this name. Raises InvalidInputError."""
    machine = DurableMachine.registry.get(name or "")
    if machine is None:
        names = ", ".join(DurableMachine.registry)
        raise InvalidInputError("filter.machine", f"must be one of {names}")
    return machine


def find_signal(machine: type[DurableMachine[Any]], name: str | None) -> Any:
    """Return a signal that operators may send to many executions.

    Raises InvalidInputError, and OperationRefusedError when it needs fields of each.
    """
    for signal in machine.operator_signals:
        if signal.value == name:
            commands.refuse_fields(machine, signal)
            return signal
    names = ", ".join(machine.operator_signals) or "none"
    raise InvalidInputError("signal", f"must be one that operators may send: {names}")


def kind_of(selection: Selection) -> ColumnElement[Any]:
    """Return the column by which the rows of a selection are counted."""
    if selection.row is ActivityRow:
        return ActivityRow.name.expression
    machines = DurableMachine.registry.values()
    machine = next((each for each in machines if each.model is selection.row), None)
    kind: ColumnElement[Any] = selection.row.kind if machine is None else state_of(machine)
    return kind


def start(job: Bulk, limit: int) -> None:
    """Begin a job with the rows that match now, at most `limit`, the oldest first.

    Raises ConflictError when no row matches any more.
    """
    selection = _selection(job)
    BulkMachine.begin(job, BulkSignal.BEGIN, reason=job.reason)
    db.session.flush()
    row = selection.row
    ids = select(literal(job.id, Uuid), row.id, literal(BulkResultState.WAITING.value))
    oldest = ids.where(*selection.conditions).order_by(row.id).limit(limit)
    columns = ["bulk_id", "subject_id", "state"]
    # Without RETURNING: there may be very many.
    result: Any = db.session.execute(insert(BulkResult).from_select(columns, oldest))
    job.total = result.rowcount
    if not job.total:
        raise ConflictError("No row matches any more: make a dry run again")


def work(job: Bulk) -> bool:
    """Change the next batch of a locked job's rows, and return whether rows are left.

    The results commit with the changes.
    """
    waiting = select(BulkResult.subject_id).where(
        BulkResult.bulk_id == job.id, BulkResult.state == BulkResultState.WAITING
    )
    ids = db.session.scalars(waiting.order_by(BulkResult.subject_id).limit(BATCH_SIZE)).all()
    if ids:
        change = partial(_CHANGES[job.action], job)
        with caused_by("bulk", job.id, actor=job.actor):
            changes = bulk_changes.change_batch(ids, change)
        _write_results(job, changes)
    if len(ids) == BATCH_SIZE:
        return True
    BulkMachine.observe(job, BulkSignal.FINISH)
    return False


def _write_results(job: Bulk, changes: Changes) -> None:
    states = {
        **dict.fromkeys(changes.changed, BulkResultState.CHANGED),
        **dict.fromkeys(changes.unchanged, BulkResultState.UNCHANGED),
        **dict.fromkeys(changes.refused, BulkResultState.REFUSED),
    }
    keys = literal(list(states), ARRAY(Uuid))
    values = literal([state.value for state in states.values()], ARRAY(Text))
    errors = literal([changes.refused.get(key) for key in states], ARRAY(Text))
    names = (column("id", Uuid), column("state", Text), column("error", Text))
    results = func.unnest(keys, values, errors).table_valued(*names).render_derived("result")
    db.session.execute(
        update(BulkResult)
        .where(BulkResult.bulk_id == job.id, BulkResult.subject_id == results.c.id)
        .values(state=results.c.state, error=results.c.error, at=now())
        .execution_options(synchronize_session=False)
    )
    job.changed += len(changes.changed)
    job.unchanged += len(changes.unchanged)
    job.refused += len(changes.refused)


def _selection(job: Bulk) -> Selection:
    return select_rows(job.action, Filters.from_json(job.filters), job.options)


def _retry(job: Bulk, ids: Collection[UUID]) -> Changes:
    changes, counts = bulk_changes.retry(_selection(job), ids)
    _audit(job, "activities retry", retried=counts.total())
    return changes


def _replay(job: Bulk, ids: Collection[UUID]) -> Changes:
    changes = bulk_changes.replay(_selection(job), ids)
    _audit(job, "signals replay", signals=len(changes.changed))
    return changes


def _audit(job: Bulk, action: str, **counts: int) -> None:
    """Audit the rows that were changed, if any were."""
    if any(counts.values()):
        audit(job.actor, action, job.id, reason=job.reason, counts=counts)


def _cancel(job: Bulk, ids: Collection[UUID]) -> Changes:
    selection, maybe_sent = _selection(job), bool(job.options.get("maybe_sent"))

    def cancel(activity_id: UUID) -> bool:
        bulk_changes.cancel(
            activity_id,
            operator=job.actor,
            reason=job.reason,
            maybe_sent=maybe_sent,
            selection=selection,
        )
        return True

    return change_each(ids, cancel)


def _abandon(job: Bulk, ids: Collection[UUID]) -> Changes:
    selection = _selection(job)

    def abandon(activity_id: UUID) -> bool:
        selection.lock(activity_id)
        commands.abandon(activity_id)
        audit(job.actor, "activities abandon", activity_id, reason=job.reason)
        return True

    return change_each(ids, abandon)


def _signal(job: Bulk, ids: Collection[UUID]) -> Changes:
    filters = Filters.from_json(job.filters)
    machine = find_machine(filters.machine)
    signal = find_signal(machine, job.options.get("signal"))
    before, state = filters.changed_before, str(filters.state)
    request = SignalRequest(machine, signal, state, before, job.reason)
    # All at once, in the order in which others lock them. A locked one is tried again alone.
    machine.lock(ids, skip_locked=True)
    return change_each(ids, lambda execution_id: request.send(execution_id, job.actor))


_CHANGES: dict[BulkAction, Callable[[Bulk, Collection[UUID]], Changes]] = {
    BulkAction.RETRY: _retry,
    BulkAction.CANCEL: _cancel,
    BulkAction.ABANDON: _abandon,
    BulkAction.REPLAY: _replay,
    BulkAction.SIGNAL: _signal,
}
