"""Failed activities that a retry would end without a call, because their execution has moved on."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import select

from models.base import db
from models.durable.activity import ActivityRow
from models.logs import logger
from state_machines.durable.activity import Activity, Call

log = logger(__name__)

AnyActivity = Activity[Any, Any, Any]


def find_unneeded(rows: Sequence[ActivityRow]) -> dict[UUID, str]:
    """Return the ids of the activities that have no call to make, each with the reason.

    One whose preparation fails is not among them: the worker's attempt will show the error.
    """
    by_name = attrgetter("name")
    return {
        key: reason
        for name, group in groupby(sorted(rows, key=by_name), by_name)
        if (activity := Activity.registry.get(name)) is not None
        for key, reason in _find(activity, list(group)).items()
    }


def _find(activity: AnyActivity, rows: Sequence[ActivityRow]) -> dict[UUID, str]:
    try:
        # A statement that fails must not undo the operator's transaction.
        with db.session.begin_nested():
            subjects = activity.load(row.subject_id for row in rows)
            secrets = _load_secrets(rows)
            return {
                row.id: f"has no call to make: its {activity.machine.name} is {subject.state}"
                for row in rows
                if (subject := subjects.get(row.subject_id)) is not None
                and activity.prepare(subject, _first_call(row, secrets)) is None
            }
    except Exception:
        log.debug("%d of %s cannot be prepared", len(rows), activity.name, exc_info=True)
    if len(rows) == 1:
        return {}
    return {key: reason for row in rows for key, reason in _find(activity, [row]).items()}


def _load_secrets(rows: Sequence[ActivityRow]) -> dict[UUID, str | None]:
    query = select(ActivityRow.id, ActivityRow.secret).where(
        ActivityRow.id.in_([row.id for row in rows]), ActivityRow.secret.is_not(None)
    )
    return {row.id: row.secret for row in db.session.execute(query)}


def _first_call(row: ActivityRow, secrets: dict[UUID, str | None]) -> Call:
    secret = secrets.get(row.id)
    return Call(row.id, row.subject_id, attempt=1, payload=row.payload, secret=secret)
