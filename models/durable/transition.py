"""The history of executions: one append-only row for each transition."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Select, Uuid, column, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, db
from models.prepared import Prepared, parameter


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
    # The context of the trace that it belongs to, if there are traces.
    traceparent: Mapped[str | None]
    # The default is also for a release that runs beside this one and does not know the column.
    machine_version: Mapped[int] = mapped_column(default=1, server_default=text("1"))

    @classmethod
    def load_traces(cls, subject_ids: Collection[UUID]) -> dict[UUID, str | None]:
        """Load the contexts of the last transitions of executions, without flushing the session."""
        return dict(_LAST_TRACES.unflushed(db.session(), ids=list(subject_ids)))


def _last_traces() -> Select[UUID, str | None]:
    ids = parameter("ids", ARRAY(Uuid))
    subject = func.unnest(ids).table_valued(column("id", Uuid)).render_derived("subjects")
    newest = select(Transition.traceparent).where(Transition.subject_id == subject.c.id)
    last = newest.order_by(Transition.version.desc()).limit(1)
    return select(subject.c.id, last.scalar_subquery())


# With traces, nearly every transaction that moves an existing row asks for them.
_LAST_TRACES = Prepared(_last_traces)
