"""The history of executions: one append-only row for each transition."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Transition(Base):
    """One transition of one execution, or a signal that it ignored.

    The primary key is also the version check: of two transitions decided on the same version, only
    one can be written. `machine_version` is the version of the machine's table that wrote the row.
    """

    __tablename__ = "transition"
    __table_args__ = (
        Index("ix_transition_at", "at"),
        # Searches by the id of a request.
        Index(
            "ix_transition_cause",
            "cause",
            postgresql_where=text("cause LIKE 'request:%'"),
            postgresql_using="hash",
        ),
    )

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    machine: Mapped[str]
    signal: Mapped[str]
    source: Mapped[str | None]
    target: Mapped[str]
    ignored: Mapped[bool]
    reason: Mapped[str | None]
    cause: Mapped[str]
    actor: Mapped[str | None]
    at: Mapped[datetime]
    # The default is also for a release that runs beside this one and does not know the column.
    machine_version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
