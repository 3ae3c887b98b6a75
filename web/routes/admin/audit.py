"""Routes of the audit: a list with filters, and its export as CSV."""

import json
from collections.abc import Iterator
from typing import Any

from flask import Response
from sqlalchemy import select

from models import User, reading
from models.audit import count_audit, load_audit
from models.base import db
from models.keyset import KeysetPage
from models.spreadsheet import write_csv
from models.user import has_address
from web.pagination import conditional, link_header
from web.routes.admin.guard import Role, audited, blueprint, needs
from web.routes.admin.lookups import emails_of_actors
from web.schemas.admin.audit import AuditEntries, AuditEntry, AuditExportQuery, AuditQuery
from web.schemas.admin.paging import CountView
from web.schemas.base import in_utc

api = blueprint("audit")

HEADER = ("id", "at", "actor", "actorEmail", "action", "subject", "subjectEmail", "details")


@api.get("/audit", responses={200: AuditEntries})
@needs(Role.STAFF)
def index(query: AuditQuery) -> Any:
    """List manual changes and refusals, newest first."""
    with reading(one_snapshot=True):
        filters = _filters(query)
        page = load_audit(query.cursor, query.size, **filters)
        count = CountView.of(count_audit(**filters))
        items = list(_entries(page))
    return conditional(AuditEntries(items=items, next=page.next, count=count).json_ready())


@api.get("/audit.csv", responses={200: {"content": {"text/csv": {}}}})
@needs(Role.ADMIN)
def export(query: AuditExportQuery) -> Any:
    """Download the audit as CSV for a spreadsheet: at most 5,000 rows, newest first.

    `Link` has the rest. The download is in the audit itself.
    """
    with audited("audit export") as details:
        page = load_audit(query.cursor, query.size, **_filters(query))
        entries = list(_entries(page))
        details["counts"] = {"rows": len(entries)}
    response = Response(write_csv([HEADER, *map(_cells, entries)]), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="projectx-audit.csv"'
    if page.next is not None:
        response.headers["Link"] = link_header({"next": {"cursor": page.next}})
    return response


def _filters(query: AuditQuery) -> dict[str, Any]:
    filters = query.model_dump(include={"action", "subject", "since", "until"})
    return {"actor": query.actor and _actor_of(query.actor), **filters}


def _actor_of(name: str) -> str:
    """Return the user's id for an address, since the audit names people by it, else the name."""
    user_id = db.session.scalar(select(User.id).where(has_address(name)))
    return name if user_id is None else str(user_id)


def _entries(page: KeysetPage) -> Iterator[AuditEntry]:
    names = [name for row in page.rows for name in (row.actor, row.subject)]
    emails = emails_of_actors(names)
    return (AuditEntry.of(row, emails) for row in page.rows)


def _cells(entry: AuditEntry) -> list[str | None]:
    return [
        str(entry.id),
        in_utc(entry.at),
        entry.actor,
        entry.actor_email,
        entry.action,
        entry.subject,
        entry.subject_email,
        json.dumps(entry.details, ensure_ascii=False),
    ]
