"""Routes of bulk jobs: dry run, confirmation, progress, results, pause, resume and cancel."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response, jsonify
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from models import Bulk, BulkAction, BulkResult, reading
from models.base import db
from models.clock import now
from models.errors import InvalidInputError, NotFoundError
from models.ids import uuid7
from models.keyset import load_page
from state_machines.actions import bulk_job
from state_machines.actions.selection import Filters, Selection
from state_machines.bulk import BulkMachine, BulkSignal
from state_machines.durable import Activity
from web import authentication
from web.pagination import conditional
from web.routes.admin.bulk_token import LIFETIME, DryRun
from web.routes.admin.guard import Role, actor, audited, blueprint, needs
from web.routes.admin.lookups import emails_of_actors
from web.schemas.admin.activities import OptionalReason
from web.schemas.admin.bulk import (
    BulkExample,
    BulkPage,
    BulkPath,
    BulkRequest,
    BulkResultPage,
    BulkResultView,
    BulkView,
    DryRunView,
    ResultsQuery,
)
from web.schemas.admin.paging import PageQuery

api = blueprint("bulk")

MAX_EXAMPLES = 5
BY_ACTIVITY = (BulkAction.RETRY, BulkAction.CANCEL, BulkAction.ABANDON)


@api.post("/bulk", responses={200: DryRunView, 201: BulkView})
@needs(Role.ADMIN)
def create(body: BulkRequest) -> Any:
    """Count what an action would change (200), or begin the job that a token confirms (201).

    The job changes the rows that match when it begins, at most `typedCount`, the oldest first. The
    same token again returns the same job (200).
    """
    return jsonify(_try(body)) if body.dry_run else _confirm(body)


def _try(body: BulkRequest) -> dict[str, Any]:
    if body.action is None:
        raise InvalidInputError("action", "is required for a dry run")
    filters, options = body.filters(), body.options()
    if body.action in BY_ACTIVITY and not filters.as_json():
        raise InvalidInputError(
            "filter", "is required, or ids: without both, it would be every activity"
        )
    if filters.since and filters.until and filters.since >= filters.until:
        raise InvalidInputError("filter.since", "must be earlier than until")
    selection = bulk_job.select_rows(body.action, filters, options)
    with reading():
        kinds, examples = _count(selection), _load_examples(selection)
    count, expires_at = sum(kinds.values()), now() + LIFETIME
    if count > bulk_job.MAX_ROWS:
        raise InvalidInputError("filter", f"matches more than {bulk_job.MAX_ROWS}: narrow it")
    if not count and filters.name not in (None, *Activity.registry):
        raise InvalidInputError(
            "filter.name", "is the name of no activity: GET /admin/activities/names"
        )
    stored = filters.as_json()
    dry_run = DryRun(uuid7(), body.action, stored, options, count, actor(), expires_at)
    return DryRunView(
        action=body.action,
        count=count,
        kinds=kinds,
        examples=examples,
        token=dry_run.as_token(),
        expires_at=expires_at,
    ).json_ready()


def _count(selection: Selection) -> dict[str, int]:
    """Count the rows of each kind; more than MAX_ROWS are counted as one more than that."""
    query = select(bulk_job.kind_of(selection).label("kind")).where(*selection.conditions)
    rows = query.limit(bulk_job.MAX_ROWS + 1).subquery()
    counted = select(rows.c.kind, func.count().label("number")).group_by(rows.c.kind)
    return {row.kind: row.number for row in db.session.execute(counted.order_by("kind"))}


def _load_examples(selection: Selection) -> list[BulkExample]:
    row = selection.row
    columns = [row.id, bulk_job.kind_of(selection).label("kind"), row.state]
    columns += [getattr(row, name) for name in ("subject_id", "last_error") if hasattr(row, name)]
    query = select(*columns).where(*selection.conditions).order_by(row.id).limit(MAX_EXAMPLES)
    blank = {"subject_id": None, "last_error": None}
    return [BulkExample(**blank | dict(each)) for each in db.session.execute(query).mappings()]


def _confirm(body: BulkRequest) -> Response:
    for field in ("token", "typed_count", "reason"):
        if getattr(body, field) is None:
            name = "typedCount" if field == "typed_count" else field
            raise InvalidInputError(name, "is required, unless dryRun is true")
    dry_run = DryRun.from_token(str(body.token))
    if dry_run.action is BulkAction.SIGNAL:
        # A signal may send much money back, as one for a single order may.
        authentication.require_recent_sign_in()
    if dry_run.actor != actor():
        raise InvalidInputError("token", "is that of another operator")
    if body.typed_count != dry_run.count:
        raise InvalidInputError("typedCount", f"is not {dry_run.count}, the count of the dry run")
    status = HTTPStatus.OK if _exists(dry_run.id) else HTTPStatus.CREATED
    if status == HTTPStatus.CREATED:
        try:
            _begin(dry_run, str(body.reason))
        except IntegrityError:
            # The same request, sent twice at once, has begun it.
            status = HTTPStatus.OK
    response: Response = jsonify(_view(dry_run.id))
    response.status_code = status
    response.headers["Location"] = f"{api.url_prefix}/bulk/{dry_run.id}"
    return response


def _begin(dry_run: DryRun, reason: str) -> None:
    names = ("id", "action", "filters", "options", "actor")
    job = Bulk(**{name: getattr(dry_run, name) for name in names}, reason=reason)
    # A signal or a machine may be gone since the dry run.
    bulk_job.select_rows(job.action, Filters.from_json(job.filters), job.options)
    details = {"change": str(job.action), "filters": job.filters, "reason": reason}
    with audited("bulk begin", job.id, **details) as audit_details:
        bulk_job.start(job, dry_run.count)
        audit_details["rows"] = job.total


@api.get("/bulk", responses={200: BulkPage})
@needs(Role.STAFF)
def show_list(query: PageQuery) -> Any:
    """List jobs, newest first."""
    with reading():
        page = load_page(select(Bulk), [Bulk.id], query.cursor, query.size)
        emails = emails_of_actors(job.actor for job in page.rows)
    items = [BulkView.of(job, emails) for job in page.rows]
    return conditional(BulkPage(items=items, next=page.next).json_ready())


@api.get("/bulk/<uuid:bulkId>", responses={200: BulkView})
@needs(Role.STAFF)
def show(path: BulkPath) -> Any:
    """Return a job with its progress."""
    return conditional(_view(path.bulk_id))


@api.get("/bulk/<uuid:bulkId>/results", responses={200: BulkResultPage})
@needs(Role.STAFF)
def show_results(path: BulkPath, query: ResultsQuery) -> Any:
    """List the results of a job's rows, in the order of their ids."""
    rows = select(BulkResult).where(BulkResult.bulk_id == path.bulk_id)
    if query.state is not None:
        rows = rows.where(BulkResult.state == query.state)
    with reading():
        _load(path.bulk_id)
        key = [BulkResult.subject_id]
        page = load_page(rows, key, query.cursor, query.size, descending=False)
    items = [BulkResultView.of(row) for row in page.rows]
    return conditional(BulkResultPage(items=items, next=page.next).json_ready())


@api.post("/bulk/<uuid:bulkId>/pause", responses={200: BulkView})
@needs(Role.ADMIN)
def pause(path: BulkPath, body: OptionalReason) -> Any:
    """Begin no further batch of a job. 409 unless it runs."""
    return _send(path.bulk_id, BulkSignal.PAUSE, body.reason)


@api.post("/bulk/<uuid:bulkId>/resume", responses={200: BulkView})
@needs(Role.ADMIN)
def resume(path: BulkPath, body: OptionalReason) -> Any:
    """Go on with a job that was paused or has failed. 409 otherwise."""
    return _send(path.bulk_id, BulkSignal.RESUME, body.reason)


@api.post("/bulk/<uuid:bulkId>/cancel", responses={200: BulkView})
@needs(Role.ADMIN)
def cancel(path: BulkPath, body: OptionalReason) -> Any:
    """End a job, and leave the rows that wait as they are. 409 when it has ended."""
    return _send(path.bulk_id, BulkSignal.CANCEL, body.reason)


def _send(bulk_id: UUID, signal: BulkSignal, reason: str | None) -> dict[str, Any]:
    with audited(f"bulk {signal}", bulk_id, reason=reason):
        job = BulkMachine.lock([bulk_id]).get(bulk_id)
        if job is None:
            raise NotFoundError("There is no such job")
        BulkMachine.send(job, signal, reason=reason)
    return _view(bulk_id)


def _exists(bulk_id: UUID) -> bool:
    with reading() as session:
        return session.get(Bulk, bulk_id) is not None


def _load(bulk_id: UUID) -> Bulk:
    job = db.session.get(Bulk, bulk_id, populate_existing=True)
    if job is None:
        raise NotFoundError("There is no such job")
    return job


def _view(bulk_id: UUID) -> dict[str, Any]:
    with reading():
        job = _load(bulk_id)
        return BulkView.of(job, emails_of_actors([job.actor])).json_ready()
