"""The inbox: every event of a provider, stored once by the sender's id."""

from datetime import datetime
from enum import StrEnum, auto
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, text_enum
from models.encrypted import EncryptedJson

# Replaces the payload when the person that it concerns is erased.
ERASED_PAYLOAD = {"erased": True}


class SignalState(StrEnum):
    STORED = auto()  # acknowledged, not applied yet: the sweep will
    APPLIED = auto()
    IGNORED = auto()  # of a kind that no handler reads
    UNMATCHED = auto()  # about something unknown here
    FAILED = auto()  # could not be applied: an operator may replay it


class SignalRow(Base):
    """One event of a provider, and how applying it went."""

    __tablename__ = "signal"
    plural: ClassVar[str] = "signals"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("ix_signal_due_at", "due_at", postgresql_where=text("state = 'stored'")),
        Index("ix_signal_subject_id", "subject_id"),
        Index(
            "ix_signal_not_applied",
            "id",
            postgresql_where=text("state IN ('stored', 'unmatched', 'failed')"),
        ),
        Index(
            "ix_signal_unapplied_payload",
            "id",
            postgresql_where=text(
                "state IN ('unmatched', 'failed', 'ignored') AND payload IS NOT NULL"
            ),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str]
    external_id: Mapped[str]
    kind: Mapped[str]
    payload: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson)
    state: Mapped[SignalState] = mapped_column(text_enum(SignalState, "state"))
    subject_id: Mapped[UUID | None]
    attempts: Mapped[int]
    due_at: Mapped[datetime]
    last_error: Mapped[str | None]
    received_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    # The context of the trace that it belongs to, if there are traces.
    traceparent: Mapped[str | None]

    @classmethod
    def expired(cls, _limit: datetime, /) -> ColumnElement[bool]:
        return cls.state != SignalState.STORED


def unapplied_payload() -> ColumnElement[bool]:
    """Return the condition that a signal was never applied and still has its payload.

    Retention erases such a payload (None then) before it deletes the row.
    """
    ended = (SignalState.UNMATCHED, SignalState.FAILED, SignalState.IGNORED)
    unapplied = SignalRow.state.in_(ended)
    return unapplied & SignalRow.payload.is_not(None)
