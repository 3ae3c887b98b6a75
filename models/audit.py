"""The audit trail of changes by operators. The database allows only inserts."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Index, Select, select, union_all
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from models import clock
from models.base import Base, db, transaction
from models.ids import derived, first_after, first_of_hour, uuid7
from models.keyset import (
    Count,
    KeysetPage,
    count_merged,
    count_rows,
    load_distinct,
    load_page,
    merge_pages,
)

DENIED = "denied"
# Recent denials that this process has written: repeating one costs no statement.
MAX_REMEMBERED_DENIALS = 10_000
_denials: set[Any] = set()


class AuditRow(Base):
    """One action, such as "orders ship", on `subject`, the id or name of a thing."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_subject_id", "subject", "id"),
        Index("ix_audit_actor_id", "actor", "id"),
        Index("ix_audit_action_id", "action", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)


def load_audit(
    cursor: str | None, size: int, *, action: str | None = None, **filters: Any
) -> KeysetPage:
    """Load a page of the rows that match, newest first. Raises CursorError.

    `action` is one or the beginning of several; the other filters are those of `matching_rows`.
    """
    conditions = matching_rows(**filters)
    if action is None:
        return load_page(select(AuditRow).where(*conditions), [AuditRow.id], cursor, size)
    actions = _list_actions(action)
    return merge_pages(AuditRow, AuditRow.action, actions, cursor, size, *conditions)


def count_audit(*, action: str | None = None, **filters: Any) -> Count:
    """Count the rows that match, up to a limit."""
    conditions = matching_rows(**filters)
    if action is None:
        return count_rows(select(AuditRow.id).where(*conditions))
    return count_merged(AuditRow, AuditRow.action, _list_actions(action), *conditions)


def _list_actions(group: str) -> list[str]:
    """Return the actions that begin with `group`, or `group` itself when there is none."""
    actions: list[str] = load_distinct(AuditRow.action)
    return [action for action in actions if action.startswith(group)] or [group]


def matching_rows(
    *,
    actor: str | None = None,
    subject: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[ColumnElement[bool]]:
    """Return the conditions of the rows of an actor and about a subject.

    The rows are from `since`, inclusive, to `until`, exclusive.
    """
    row = AuditRow
    equal = ((row.actor, actor), (row.subject, subject))
    conditions = [column == value for column, value in equal if value is not None]
    # Ids sort by time, to the millisecond: with them the primary key bounds what is read.
    if since is not None:
        # The id of a denial is that of its hour.
        conditions += [row.id >= first_of_hour(since), row.at >= since]
    if until is not None:
        conditions += [row.id < first_after(until), row.at < until]
    return conditions


def load_newest_about(names: Collection[str], number: int) -> Sequence[AuditRow]:
    """Load the newest rows that are about one of `names`, or by one."""
    ids = db.session.scalars(ids_about(names, number)).all()
    rows = select(AuditRow).where(AuditRow.id.in_(ids)).order_by(AuditRow.id.desc())
    return db.session.scalars(rows.limit(number)).all()


def ids_about(names: Collection[str], number: int) -> Select[UUID]:
    """Return the query for the ids of the newest rows of each name, each by its index."""
    newest = (
        select(AuditRow.id).where(column == name).order_by(AuditRow.id.desc()).limit(number)
        for column in (AuditRow.subject, AuditRow.actor)
        for name in names
    )
    return select(union_all(*(select(each.subquery().c.id) for each in newest)).subquery().c.id)


def audit(actor: str, action: str, subject: object = None, **details: Any) -> None:
    """Add an audit row to the current transaction. `details` must be JSON."""
    subject_text = None if subject is None else str(subject)
    db.session.add(AuditRow(actor=actor, action=action, subject=subject_text, details=details))


def audit_denial(actor: str, subject: str, status: int) -> None:
    """Record, in a transaction of its own, that `actor` was denied the route `subject`.

    Equal denials are recorded once an hour, so that nobody can flood the audit.
    """
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    row = {
        "id": derived(hour, actor, subject, str(status)),
        "at": clock.now(),
        "actor": actor,
        "action": DENIED,
        "subject": subject,
        "details": {"status": status},
    }
    if row["id"] in _denials:
        return
    with transaction() as session:
        session.execute(insert(AuditRow).values(row).on_conflict_do_nothing())
    if len(_denials) >= MAX_REMEMBERED_DENIALS:
        _denials.clear()
    _denials.add(row["id"])
