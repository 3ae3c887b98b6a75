"""Routes of controls: pause and resume calls, and limit them by provider."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from models import ActivityRow, Pause, PauseKind, ProviderLimit, reading
from models.durable.activity import NOT_OVER
from models.errors import InvalidInputError
from models.keyset import count_rows
from state_machines.durable.operations import limits, pauses
from state_machines.durable.operations.commands import OperationRefusedError
from web.pagination import conditional
from web.routes.admin.guard import Role, actor, audited, blueprint, needs
from web.routes.admin.lookups import emails_of_actors
from web.schemas.admin.controls import (
    ControlsView,
    LimitRequest,
    LimitView,
    PauseRequest,
    PauseView,
    ProviderPath,
    RemovalQuery,
    ResumeRequest,
    TargetView,
)
from web.schemas.admin.paging import CountView

api = blueprint("controls")


@api.get("/controls", responses={200: ControlsView})
@needs(Role.STAFF)
def show() -> Any:
    """List the pauses and limits in force, and everything that can be paused."""
    return conditional(_view())


@api.post("/controls/pause", responses={200: ControlsView})
@needs(Role.ADMIN)
def pause(body: PauseRequest) -> Any:
    """Let no worker begin calls of an activity, a queue or a provider. Calls under way finish.

    409 when it is paused already.
    """
    _require_known("name", body.kind, body.name)
    with audited("control pause", f"{body.kind} {body.name}", reason=body.reason):
        pauses.pause(body.kind, body.name, reason=body.reason, actor=actor())
    return _view()


@api.post("/controls/resume", responses={200: ControlsView})
@needs(Role.ADMIN)
def resume(body: ResumeRequest) -> Any:
    """End a pause. Deadlines that waited get their full interval again. 409 when there is none."""
    target = f"{body.kind} {body.name}"
    pauses.resume_in_steps(
        body.kind,
        body.name,
        lambda counts: audited("control resume", target, reason=body.reason, counts=counts),
    )
    return _view()


@api.put("/controls/limits/<provider>", responses={200: ControlsView})
@needs(Role.ADMIN)
def set_limit(path: ProviderPath, body: LimitRequest) -> Any:
    """Limit the calls to a provider, of all workers together. It replaces an earlier limit."""
    _require_known("provider", PauseKind.PROVIDER, path.provider)
    figures = body.model_dump(exclude={"reason"})
    details = {**figures, "reason": body.reason}
    with audited("control limit", f"provider {path.provider}", **details):
        limits.set_limit(path.provider, limits.Limit(**figures))
    return _view()


@api.delete("/controls/limits/<provider>", responses={200: ControlsView})
@needs(Role.ADMIN)
def remove_limit(path: ProviderPath, query: RemovalQuery) -> Any:
    """Remove the limit of a provider. 409 when it has none."""
    with audited("control limit", f"provider {path.provider}", reason=query.reason):
        limits.remove_limit(path.provider)
    return _view()


def _require_known(field: str, kind: PauseKind, name: str) -> None:
    try:
        pauses.require_known(kind, name)
    except OperationRefusedError as error:
        raise InvalidInputError(field, str(error)) from error


def _view() -> dict[str, Any]:
    with reading() as session:
        paused = session.scalars(select(Pause).order_by(Pause.kind, Pause.name)).all()
        limited = session.scalars(select(ProviderLimit).order_by(ProviderLimit.provider)).all()
        emails = emails_of_actors(row.actor for row in paused)
        view = ControlsView(
            pauses=[_pause_view(row, emails) for row in paused],
            limits=[_limit_view(row) for row in limited],
            targets=[TargetView(kind=kind, name=name) for kind, name in pauses.list_targets()],
        )
    return view.json_ready()


def _pause_view(row: Pause, emails: dict[str, str]) -> PauseView:
    names = pauses.names_of(row.kind, row.name)
    fields = {name: getattr(row, name) for name in ("kind", "name", "reason", "actor", "paused_at")}
    return PauseView(
        **fields,
        actor_email=emails.get(row.actor),
        activities=sorted(names),
        waiting=_count_waiting(names),
    )


def _limit_view(row: ProviderLimit) -> LimitView:
    fields = {name: getattr(row, name) for name in ("provider", "per_second", "burst", "at_once")}
    names = pauses.names_of(PauseKind.PROVIDER, row.provider)
    return LimitView(**fields, waiting=_count_waiting(names))


def _count_waiting(names: Collection[str]) -> CountView:
    waiting = ActivityRow.state.in_(NOT_OVER) & ~ActivityRow.is_held()
    query = select(ActivityRow.id).where(ActivityRow.name.in_(names), waiting)
    return CountView.of(count_rows(query))
