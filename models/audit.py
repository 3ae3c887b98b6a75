"""Who changed what by hand. Rows are only ever added: the database refuses everything else."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models import clock
from models.base import Base, db
from models.ids import uuid7


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
