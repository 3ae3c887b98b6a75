"""Routes of activities: list and show them, run one now, retry, abandon or cancel it."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from models import ActivityRow, ActivityState, reading
from models.base import db
from models.durable.activity import NOT_OVER
from models.errors import NotFoundError
from models.keyset import Count, KeysetPage, count_list, count_scanned, load_page, scan_page
from state_machines.durable import Activity
from state_machines.durable.operations import commands, pauses, publishing
from web.pagination import conditional
from web.routes.admin.guard import Role, actor, audited, blueprint, needs
from web.routes.admin.lookups import require_activity, require_machine
from web.schemas.admin.activities import (
    ActivitiesQuery,
    ActivityCancellation,
    ActivityDetail,
    ActivityName,
    ActivityNames,
    ActivityPage,
    ActivityPath,
    ActivityView,
    OptionalReason,
    RequiredReason,
)
from web.schemas.admin.paging import CountView

api = blueprint("activities")

# States whose rows an index lists: those of all others are looked through page by page.
INDEXED_STATES = (*NOT_OVER, ActivityState.FAILED)


@api.get("/activities", responses={200: ActivityPage})
@needs(Role.STAFF)
def show_list(query: ActivitiesQuery) -> Any:
    """List activities, newest first. A page of a rare filter may be short and have a `next`.

    `count` is null where counting would cost too much.
    """
    require_machine(query.machine)
    with reading():
        require_activity("name", query.name)
        page, count = _load(query, _conditions(query))
        paused = pauses.paused_activities()
    items = [ActivityView.of(row, paused) for row in page.rows]
    shown = CountView.of(count) if count else None
    return conditional(ActivityPage(items=items, next=page.next, count=shown).json_ready())


def _load(
    query: ActivitiesQuery, conditions: list[ColumnElement[bool]]
) -> tuple[KeysetPage, Count | None]:
    """Load a page, and count where that has an index."""
    cursor, size = query.cursor, query.size
    if query.subject is not None or query.giving_up:
        return _load_indexed(query, conditions)
    if query.state not in INDEXED_STATES:
        return scan_page(ActivityRow, cursor, size, *conditions), None
    if (query.machine, query.error) == (None, None) and not query.maybe_sent:
        return _load_indexed(query, conditions)
    # Very many may be in the state, and few of them have the error.
    among = [ActivityRow.state == query.state]
    page = scan_page(ActivityRow, cursor, size, *conditions, among=among)
    return page, count_scanned(ActivityRow, *conditions, among=among)


def _load_indexed(
    query: ActivitiesQuery, conditions: list[ColumnElement[bool]]
) -> tuple[KeysetPage, Count]:
    rows = select(ActivityRow).where(*conditions)
    page = load_page(rows, [ActivityRow.id], query.cursor, query.size)
    return page, count_list(select(ActivityRow.id).where(*conditions), page, query.cursor)


def _conditions(query: ActivitiesQuery) -> list[ColumnElement[bool]]:
    values = {
        ActivityRow.state: query.state,
        ActivityRow.name: query.name,
        ActivityRow.machine: query.machine,
        ActivityRow.subject_id: query.subject,
    }
    conditions = [column == value for column, value in values.items() if value is not None]
    if query.error is not None:
        conditions.append(ActivityRow.last_error.contains(query.error, autoescape=True))
    if query.maybe_sent:
        conditions += [ActivityRow.unknown_outcomes > 0, ActivityRow.name.startswith("emails.")]
    if query.giving_up:
        conditions.append(commands.GIVING_UP)
    return conditions


@api.get("/activities/names", responses={200: ActivityNames})
@needs(Role.STAFF)
def show_names() -> Any:
    """List the activities that the code knows, by name."""
    with reading():
        paused = pauses.paused_activities()
    items = [
        ActivityName(
            name=name,
            machine=activity.machine.name,
            queue=activity.queue,
            provider=activity.provider,
            priority=activity.priority,
            attempts=activity.retry.attempts,
            timeout_seconds=activity.timeout,
            paused=paused.get(name),
        )
        for name, activity in sorted(Activity.registry.items())
    ]
    return conditional(ActivityNames(items=items).json_ready())


@api.get("/activities/<uuid:activityId>", responses={200: ActivityDetail})
@needs(Role.STAFF)
def show(path: ActivityPath) -> Any:
    """Return one activity. Its secret is not shown."""
    return conditional(_view(path.activity_id))


@api.post("/activities/<uuid:activityId>/run-now", responses={200: ActivityDetail})
@needs(Role.STAFF)
def run_now(path: ActivityPath, body: OptionalReason) -> Any:
    """Have a waiting activity run within a second. 409 unless it waits."""
    _require(path.activity_id)
    with audited("activities run-now", path.activity_id, reason=body.reason):
        publishing.publish_soon(path.activity_id)
    return _view(path.activity_id)


@api.post("/activities/<uuid:activityId>/retry", responses={200: ActivityDetail})
@needs(Role.STAFF)
def retry(path: ActivityPath, body: OptionalReason) -> Any:
    """Give a failed activity a full set of attempts. 409 unless it has a call to make."""
    _require(path.activity_id)
    with audited("activities retry", path.activity_id, reason=body.reason):
        commands.retry(path.activity_id)
    return _view(path.activity_id)


@api.post("/activities/<uuid:activityId>/abandon", responses={200: ActivityDetail})
@needs(Role.ADMIN)
def abandon(path: ActivityPath, body: RequiredReason) -> Any:
    """Mark a failed activity as no longer needed, and erase its secret. 409 unless it failed."""
    _require(path.activity_id)
    with audited("activities abandon", path.activity_id, reason=body.reason):
        commands.abandon(path.activity_id)
    return _view(path.activity_id)


@api.post("/activities/<uuid:activityId>/cancel", responses={200: ActivityDetail})
@needs(Role.ADMIN)
def cancel(path: ActivityPath, body: ActivityCancellation) -> Any:
    """Fail an activity that no worker runs, and tell its machine.

    409 while a worker runs it, and without `maybeSent` for a call that may have been carried out.
    """
    _require(path.activity_id)
    details: dict[str, Any] = {"reason": body.reason, "maybe_sent": body.maybe_sent}
    with audited("activities cancel", path.activity_id, **details):
        commands.cancel(path.activity_id, operator=actor(), **details)
    return _view(path.activity_id)


def _require(activity_id: UUID) -> None:
    """Raise NotFoundError unless there is such an activity."""
    with reading() as session:
        if session.get(ActivityRow, activity_id) is None:
            raise NotFoundError("There is no such activity")


def _view(activity_id: UUID) -> dict[str, Any]:
    with reading():
        row = db.session.get(ActivityRow, activity_id, populate_existing=True)
        if row is None:
            raise NotFoundError("There is no such activity")
        return ActivityDetail.of(row, pauses.paused_activities()).json_ready()
