"""Bulk jobs: changes of many rows in the background, with a result for each row."""

from datetime import datetime
from enum import StrEnum, auto
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, exists
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, text_enum
from models.durable.execution import Execution, state_index


class BulkState(StrEnum):
    RUNNING = "Running"
    PAUSED = "Paused"  # by an operator
    FAILED = "Failed"  # a batch could not be committed in any attempt: an operator resumes it
    DONE = "Done"
    CANCELLED = "Cancelled"  # the rows that still waited stay as they are


class BulkAction(StrEnum):
    """A change that a job makes to each of its rows."""

    RETRY = "activities.retry"
    CANCEL = "activities.cancel"
    ABANDON = "activities.abandon"
    REPLAY = "signals.replay"
    SIGNAL = "machines.signal"


class Bulk(Execution, Base):
    """One job. `total` rows were selected by `filters`; the other numbers count their results.

    `options` are those of the action, such as the signal to send. `actor` is the operator's id.
    """

    __tablename__ = "bulk"
    __table_args__ = (state_index("bulk"),)
    personal = "an operator's selection of rows, and words about it"

    state: Mapped[BulkState] = mapped_column(text_enum(BulkState, "state"))
    action: Mapped[BulkAction] = mapped_column(text_enum(BulkAction, "action"))
    filters: Mapped[dict[str, Any]] = mapped_column(JSONB)
    options: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str]
    actor: Mapped[str]
    total: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)

    @property
    def waiting(self) -> int:
        """The number of rows without a result."""
        return self.total - self.changed - self.unchanged - self.refused

    @classmethod
    def has_ended(cls) -> ColumnElement[bool]:
        return cls.state.in_((BulkState.DONE, BulkState.CANCELLED))

    @classmethod
    def expired(cls, _limit: datetime, /) -> ColumnElement[bool]:
        # Its results go first, some at a time.
        return cls.has_ended() & ~exists().where(BulkResult.bulk_id == cls.id)


class BulkResultState(StrEnum):
    WAITING = auto()
    CHANGED = auto()
    UNCHANGED = auto()  # it was as it should be already
    REFUSED = auto()  # `error` says why; the row stays as it is


class BulkResult(Base):
    """The result of a job for one row, written in the transaction that changes the row.

    Retention deletes the results before their job.
    """

    __tablename__ = "bulk_result"
    __table_args__ = (
        Index("ix_bulk_result_state", "bulk_id", "state", "subject_id"),
        # Previews of a job do not compare them: there are too many.
        {"info": {"is_log": True}},
    )
    personal = "ids of rows, and the reasons for leaving them"

    bulk_id: Mapped[UUID] = mapped_column(
        ForeignKey("bulk.id", ondelete="CASCADE"), primary_key=True
    )
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[BulkResultState] = mapped_column(text_enum(BulkResultState, "state"))
    error: Mapped[str | None]
    at: Mapped[datetime | None]
