"""Comparisons of our rows with Stripe's, one row each."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, text_enum
from models.durable.execution import Execution


class ReconciliationState(StrEnum):
    RUNNING = "Running"
    DONE = "Done"
    FAILED = "Failed"


class Reconciliation(Execution, Base):
    """What happened at Stripe from `since` on is looked through. `events` counts those that we had
    not heard of, `orphans` the intents whose creation we never saw succeed.
    """

    __tablename__ = "reconciliation"

    state: Mapped[ReconciliationState] = mapped_column(text_enum(ReconciliationState, "state"))
    since: Mapped[datetime]
    events: Mapped[int] = mapped_column(default=0)
    orphans: Mapped[int] = mapped_column(default=0)
