"""Routes of reconciliations: start one now, and follow its progress."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

from sqlalchemy import select

from models import ActivityRow, ActivityState, Reconciliation, reading
from models.errors import NotFoundError
from models.keyset import load_page
from state_machines.actions import reconcile
from state_machines.durable.operations.expected_version import UnchangedError
from web.pagination import conditional
from web.routes.admin.guard import Role, audited, blueprint, needs
from web.schemas.admin.paging import PageQuery
from web.schemas.admin.reconciliation import (
    ReconciliationPath,
    ReconciliationRow,
    Reconciliations,
    ReconciliationStep,
    ReconciliationView,
    StepState,
)

api = blueprint("reconciliations")

# The activities of a reconciliation, in the order in which they follow each other.
STEPS = tuple(f"reconciliation.{name}" for name in ("events", "intents", "refunds", "disputes"))
# Each page of a list at Stripe is an activity.
MAX_PAGES = 10_000


@api.get("/reconciliations", responses={200: Reconciliations})
@needs(Role.STAFF)
def index(query: PageQuery) -> Any:
    """List reconciliations, newest first."""
    with reading():
        page = load_page(select(Reconciliation), [Reconciliation.id], query.cursor, query.size)
    items = [ReconciliationRow.of(run) for run in page.rows]
    return conditional(Reconciliations(items=items, next=page.next).json_ready())


@api.post("/reconciliations", responses={200: ReconciliationView, 201: ReconciliationView})
@needs(Role.STAFF)
def start() -> Any:
    """Start a reconciliation; 200 with the one that runs already, if one does."""
    with audited("reconcile") as details:
        key, is_new = reconcile.start_or_join()
        if not is_new:
            raise UnchangedError
        details["reconciliation"] = str(key)
    return _load(key).json_ready(), HTTPStatus.CREATED if is_new else HTTPStatus.OK


@api.get("/reconciliations/<uuid:reconciliationId>", responses={200: ReconciliationView})
@needs(Role.STAFF)
def show(path: ReconciliationPath) -> Any:
    """Return a reconciliation and the progress of its steps."""
    return conditional(_load(path.reconciliation_id).json_ready())


def _load(key: UUID) -> ReconciliationView:
    """Load a reconciliation. Raises NotFoundError."""
    with reading(one_snapshot=True) as session:
        run = session.get(Reconciliation, key)
        if run is None:
            raise NotFoundError("There is no such reconciliation")
        rows = select(ActivityRow).where(ActivityRow.subject_id == key, ActivityRow.name.in_(STEPS))
        activities = session.scalars(rows.order_by(ActivityRow.id).limit(MAX_PAGES)).all()
    return ReconciliationView.of(run, steps=[_step(name, activities) for name in STEPS])


def _step(name: str, activities: Sequence[ActivityRow]) -> ReconciliationStep:
    own = [activity for activity in activities if activity.name == name]
    pages = sum(activity.state == ActivityState.DONE for activity in own)
    state = StepState.WAITING
    if any(activity.state in (ActivityState.FAILED, ActivityState.ABANDONED) for activity in own):
        state = StepState.FAILED
    elif own:
        state = StepState.DONE if pages == len(own) else StepState.RUNNING
    label = name.removeprefix("reconciliation.")
    error = own[-1].last_error if own and state != StepState.DONE else None
    return ReconciliationStep(name=label, state=state, pages=pages, last_error=error)
