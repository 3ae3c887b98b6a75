"""Schemas of the audit: what people changed by hand, and what they were refused."""

from typing import Any, Self
from uuid import UUID

from pydantic import Field

from models import AuditRow
from web.schemas.admin.paging import CountView, Page, PageQuery
from web.schemas.base import Outgoing, Text, Timestamp, ZonedTime

MAX_EXPORTED_ROWS = 5000


class AuditQuery(PageQuery):
    """`actor` is a user's id or address, or an operator's name; `action` one or a group of them.

    Times have a zone; rows are from `since`, inclusive, to `until`, exclusive.
    """

    actor: Text | None = Field(None, min_length=1, max_length=320)
    action: Text | None = Field(None, min_length=1, max_length=100)
    subject: Text | None = Field(None, min_length=1, max_length=320)
    since: ZonedTime | None = None
    until: ZonedTime | None = None


class AuditExportQuery(AuditQuery):
    size: int = Field(MAX_EXPORTED_ROWS, ge=1, le=MAX_EXPORTED_ROWS)


class AuditEntry(Outgoing):
    """One change or refusal. `actorEmail` is set when `actor` is the id of a user."""

    id: UUID
    at: Timestamp
    actor: str
    actor_email: str | None
    action: str
    subject: str | None
    subject_email: str | None
    details: dict[str, Any]

    @classmethod
    def of(cls, row: AuditRow, emails: dict[str, str]) -> Self:
        return cls(
            id=row.id,
            at=row.at,
            actor=row.actor,
            actor_email=emails.get(row.actor),
            action=row.action,
            subject=row.subject,
            subject_email=emails.get(row.subject or ""),
            details=row.details,
        )


class AuditEntries(Page):
    items: list[AuditEntry]
    count: CountView
