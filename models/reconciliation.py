"""Reconciliations: comparisons of the database with Stripe, one row each."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, text_enum
from models.durable.execution import Execution, state_index


class ReconciliationState(StrEnum):
    RUNNING = "Running"
    DONE = "Done"
    FAILED = "Failed"


class Reconciliation(Execution, Base):
    """One comparison of everything at Stripe since `since`.

    `events` counts the events that had not been received, `orphans` the intents whose creation had
    never been confirmed.
    """

    __tablename__ = "reconciliation"
    __table_args__ = (state_index("reconciliation"),)
    personal = "counts of a comparison with Stripe"

    state: Mapped[ReconciliationState] = mapped_column(text_enum(ReconciliationState, "state"))
    since: Mapped[datetime]
    events: Mapped[int] = mapped_column(default=0)
    orphans: Mapped[int] = mapped_column(default=0)

    @classmethod
    def expired(cls, _limit: datetime, /) -> ColumnElement[bool]:
        return cls.state != ReconciliationState.RUNNING
