"""Routes of operators' signals: previews, sending them, and executions after earlier versions."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import sqlalchemy.exc

from models import reading
from models.errors import ConflictError, ForbiddenError, InvalidInputError
from models.failures import is_locked
from models.idempotency import FIELD, carry_out_once
from models.payment import payment_of
from state_machines import OrderMachine
from state_machines.durable import SignalRefusedError
from state_machines.durable.operations import preview
from state_machines.durable.operations.commands import OperationRefusedError
from state_machines.durable.operations.executions import Machine, Summary
from state_machines.durable.operations.expected_version import UnchangedError, require_version
from state_machines.durable.operations.preview import Possible, Preview
from web import authentication, idempotency
from web.request import cause
from web.routes.admin.detail_views import detail_of, load_execution
from web.routes.admin.guard import ADMITTED, Role, actor, audited, blueprint, needs
from web.routes.admin.lookups import find_machine
from web.routes.admin.refund_limit import limited_refunds
from web.routes.admin.signal_fields import read_fields
from web.routes.admin.timeline_views import EMAILS
from web.schemas.admin.executions import ExecutionDetail, ExecutionPath
from web.schemas.admin.operator_signals import (
    ChangeView,
    PreviewRequest,
    PreviewView,
    SignalRequest,
    WriteView,
)

api = blueprint("signals_of_operators")
REFUSALS = (ConflictError, OperationRefusedError, SignalRefusedError)
LOCKED = "Another transaction holds it: try again. Nothing was changed."


@api.post("/executions/<machine>/<id>/preview", responses={200: PreviewView})
@needs(Role.STAFF)
def show_preview(path: ExecutionPath, body: PreviewRequest) -> Any:
    """Run a signal in a transaction that is rolled back, and return what it would write."""
    machine = find_machine(path.machine)
    possible = _find_signal(machine, body.signal)
    fields = read_fields(possible, body.fields)
    with reading():
        summary = load_execution(machine, path.id)
    try:
        with _database_refusals(), cause(actor()), reading():
            row = preview.lock_row(machine, path.id)
            result = preview.preview(machine, row, body.signal, fields, body.reason)
    except REFUSALS as error:
        return _refused(summary, str(error)).json_ready()
    return _view(result).json_ready()


@api.post("/executions/<machine>/<id>/signals", responses={200: ExecutionDetail})
@needs(Role.STAFF)
def send(path: ExecutionPath, body: SignalRequest) -> Any:
    """Send a signal, or run the action behind it. 409 when the execution has moved, or refuses.

    An action that does not move the execution, such as a refund, needs an `Idempotency-Key`.
    """
    machine, key = find_machine(path.machine), idempotency.read_key()
    possible = _find_signal(machine, body.signal)
    if ADMITTED[Role(possible.role)].isdisjoint(authentication.caller().roles):
        raise ForbiddenError(f"Only {possible.role} may send {possible.name}")
    if possible.is_raw:
        # No action checks it: it may undo what limits count, or repeat what was refused.
        authentication.require_recent_sign_in()
    if key is None and body.signal in _unmoving(machine):
        raise InvalidInputError(FIELD, "is required: a repeated request must not act again")
    fields = read_fields(possible, body.fields)
    with reading():
        load_execution(machine, path.id)
    details = {"machine": machine.name, "signal": body.signal, "reason": body.reason}
    with (
        _database_refusals(),
        audited("machines signal", path.id, **details, **({"fields": fields} if fields else {})),
    ):
        row = preview.lock_row(machine, path.id)

        def carry_out() -> dict[str, int]:
            require_version(row, body.if_version)
            with _limits(machine, row):
                preview.run(machine, row, body.signal, fields, body.reason)
            return {"version": row.version}

        request = {"id": path.id, "signal": body.signal, "fields": fields}
        if not carry_out_once(f"signals {actor()}", key, request, carry_out).is_new:
            raise UnchangedError
    return detail_of(machine, path.id).json_ready()


def _find_signal(machine: Machine, name: str) -> Possible:
    """Return a signal of a machine. Raises InvalidInputError."""
    try:
        return preview.find_signal(machine, name)
    except OperationRefusedError as error:
        raise InvalidInputError("signal", str(error)) from error


def _unmoving(machine: Machine) -> list[str]:
    """Return the actions that may leave the version of an execution as it is."""
    return [name.rpartition(".")[2] for name in machine.display.actions]


def _limits(machine: Machine, row: Any) -> AbstractContextManager[None]:
    """Return the limit on what an action may refund without a step-up, if it is about an order."""
    if OrderMachine not in (machine, machine.parent):
        return nullcontext()
    return limited_refunds(payment_of(machine.root_id(row)))


@contextmanager
def _database_refusals() -> Iterator[None]:
    """Turn refusals of constraints, of triggers, and of locked rows into ConflictError."""
    try:
        yield
    except sqlalchemy.exc.DBAPIError as error:
        if is_locked(error):
            raise ConflictError(LOCKED) from error
        if isinstance(error, sqlalchemy.exc.IntegrityError | sqlalchemy.exc.InternalError):
            diagnosis = getattr(error.orig, "diag", None)
            name = getattr(diagnosis, "constraint_name", None) or "a trigger"
            raise ConflictError(f"The database refuses it: {name}. Nothing was changed.") from error
        raise


def _refused(summary: Summary, why: str) -> PreviewView:
    return PreviewView(
        allowed=False,
        refusal=why,
        writes=[],
        activities=[],
        emails=[],
        state=summary.state,
        version=summary.version,
    )


def _view(result: Preview) -> PreviewView:
    return PreviewView(
        allowed=True,
        refusal=None,
        writes=[
            WriteView(
                table=write.table,
                id=write.id,
                kind=write.kind,
                changes=[ChangeView.of(change) for change in write.changes],
            )
            for write in result.writes
        ],
        activities=[name for name in result.activities if not name.startswith(EMAILS)],
        emails=[name for name in result.activities if name.startswith(EMAILS)],
        state=result.state,
        version=result.version,
    )
