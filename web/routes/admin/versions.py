"""The route of an execution as it was after an earlier transition."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from models import Transition, reading
from models.base import db
from models.errors import NotFoundError
from state_machines.durable.operations.timeline import HISTORY
from web.pagination import conditional
from web.routes.admin.detail_views import family_of, load_execution, load_facts
from web.routes.admin.guard import Role, blueprint, needs
from web.routes.admin.lookups import find_machine
from web.routes.admin.timeline_views import entries_of
from web.schemas.admin.executions import Fact, VersionPath
from web.schemas.admin.operator_signals import ChangeView, ExecutionVersion, RelativeState
from web.schemas.base import in_utc

api = blueprint("versions")


@api.get("/executions/<machine>/<id>/versions/<version>", responses={200: ExecutionVersion})
@needs(Role.STAFF)
def show(path: VersionPath) -> Any:
    """Return an execution as it was after a transition, with what that transition changed."""
    machine, number = find_machine(path.machine), path.version
    with reading():
        summary = load_execution(machine, path.id)
        history = {
            row.version: row
            for row in db.session.scalars(
                select(Transition).where(
                    Transition.subject_id == path.id, Transition.version.in_((number - 1, number))
                )
            )
        }
        if number not in history:
            raise NotFoundError(f"It has no version {number}: it is in version {summary.version}")
        step, is_current = history[number], number == summary.version
        facts = load_facts(machine, path.id) if is_current else []
        (entry,) = entries_of([(HISTORY, step)])
        view = ExecutionVersion(
            version=number,
            is_current=is_current,
            row=[*_known(step), *facts],
            changes=_compare(history.get(number - 1), step),
            transition=entry,
            family=_load_family(family_of(summary), path.id, step),
        )
    return conditional(view.json_ready())


def _known(step: Transition) -> list[Fact]:
    return [
        Fact(name="state", value=step.target, kind="text"),
        Fact(name="version", value=step.version, kind="number"),
        Fact(name="updated_at", value=in_utc(step.at), kind="time"),
    ]


def _compare(earlier: Transition | None, later: Transition) -> list[ChangeView]:
    """Return what a transition changed of the values that the history has."""
    before = {fact.name: fact.value for fact in _known(earlier)} if earlier else {}
    return [
        ChangeView(field=fact.name, before=before.get(fact.name), after=fact.value)
        for fact in _known(later)
        if fact.value != before.get(fact.name)
    ]


def _load_family(ids: list[UUID], own_id: UUID, step: Transition) -> list[RelativeState]:
    """Load the states that the other members of the family had when the transition was made."""
    others = [key for key in ids if key != own_id]
    columns = (Transition.machine, Transition.subject_id, Transition.target, Transition.version)
    query = (
        select(*columns)
        .where(Transition.subject_id.in_(others), Transition.at <= step.at)
        .ext(distinct_on(Transition.subject_id))
        .order_by(Transition.subject_id, Transition.version.desc())
    )
    return [
        RelativeState(machine=name, id=key, state=state, version=version)
        for name, key, state, version in db.session.execute(query)
    ]
