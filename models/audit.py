"""Who changed what by hand. Rows are only ever added: the database refuses everything else."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from models import clock
from models.base import Base, db, transaction
from models.ids import derived, uuid7

DENIED = "denied"
# Those of this hour that this process has written down: a flood of them costs nothing.
REMEMBERED = 10_000
_denials: set[Any] = set()


class AuditRow(Base):
    """`action` is what was done, such as "orders ship"; `subject` the id or name of what to."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)


def audit(actor: str, action: str, subject: object = None, **details: Any) -> None:
    """Write down, in the current transaction, what `actor` does. `details` must be JSON."""
    named = None if subject is None else str(subject)
    db.session.add(AuditRow(actor=actor, action=action, subject=named, details=details))


def audit_denial(actor: str, subject: str, status: int) -> None:
    """Write down, in a transaction of its own, that `actor` was denied `subject`, a route.

    The same is written down once an hour, so that nobody can fill the audit.
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
    if len(_denials) >= REMEMBERED:
        _denials.clear()
    _denials.add(row["id"])
