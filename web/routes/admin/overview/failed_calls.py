"""The failed activities by name and error, which each process reads once in fifteen seconds."""

from urllib.parse import urlencode

from sqlalchemy import func, select

from models import ActivityRow, ActivityState
from models.base import db
from models.keyset import MAX_SCANNED_ROWS
from web.schemas.admin.overview import FailedCallsView
from web.schemas.admin.paging import CountView

MAX_AGE = 15.0  # seconds
MAX_GROUPS = 10
# Of an error: as long as the filter of the list may be.
MAX_CHARACTERS = 200
# Ids and long numbers differ among failures for one reason.
ID = r"\y(?=[\w-]*\d)[\w-]{6,}"
GAP = "…"


def load_failed_calls() -> list[FailedCallsView]:
    """Return the most frequent errors of the newest failed activities, by name.

    When there are more than MAX_SCANNED_ROWS, the older ones are not counted.
    """
    row = ActivityRow
    failed = select(row.name, row.last_error).where(row.state == ActivityState.FAILED)
    newest = failed.order_by(row.id.desc()).limit(MAX_SCANNED_ROWS).subquery()
    begin = func.left(func.coalesce(newest.c.last_error, ""), MAX_CHARACTERS)
    errors = select(
        newest.c.name, func.regexp_replace(begin, ID, GAP, "g").label("error")
    ).subquery()
    number, total = func.count().label("number"), func.sum(func.count()).over().label("total")
    query = select(errors.c.name, errors.c.error, number, total)
    groups = query.group_by(errors.c.name, errors.c.error)
    ranked = groups.order_by(number.desc(), errors.c.name, errors.c.error).limit(MAX_GROUPS)
    return [
        FailedCallsView(
            name=name,
            error=error,
            count=CountView(number=count, is_exact=total < MAX_SCANNED_ROWS),
            path=_path(name, error),
        )
        for name, error, count, total in db.session.execute(ranked)
    ]


def _path(name: str, error: str) -> str:
    """Return the console's list of the activities, by the longest text that they share."""
    shared = max(error.split(GAP), key=len).strip()
    filters = {"state": "failed", "name": name} | ({"error": shared} if shared else {})
    return f"/console/activities?{urlencode(filters)}"
