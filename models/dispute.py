"""Disputes: the customer's bank asks for the money back, and we may answer with evidence."""

from datetime import datetime
from enum import StrEnum
from typing import cast
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Select, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, db, text_enum
from models.execution import Execution
from models.order import Order


class DisputeState(StrEnum):
    """Source: https://docs.stripe.com/api/disputes/object#dispute_object-status."""

    WARNING = "Warning"  # an inquiry: no money has moved yet
    NEEDS_RESPONSE = "NeedsResponse"
    UNDER_REVIEW = "UnderReview"
    WON = "Won"
    LOST = "Lost"
    CLOSED = "Closed"  # an inquiry that came to nothing


OPEN = (DisputeState.WARNING, DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW)
# The bank has taken the money meanwhile: Stripe refuses refunds then.
WITHDRAWN = (DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW)


class Dispute(Execution, Base):
    """`amount` is minor units of `currency`; evidence is taken until `due_by`."""

    __tablename__ = "dispute"
    __table_args__ = (Index("ix_dispute_order_id", "order_id"),)

    state: Mapped[DisputeState] = mapped_column(text_enum(DisputeState, "state"))
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    stripe_id: Mapped[str] = mapped_column(unique=True)
    amount: Mapped[int]
    currency: Mapped[str]
    reason: Mapped[str]
    due_by: Mapped[datetime | None]

    order: Mapped[Order] = relationship(lazy="raise")


def disputed(order_id: UUID, *states: DisputeState) -> int:
    """Minor units of the order's disputes in `states`; 0 when there is none."""
    return cast("int", db.session.scalar(disputes(order_id, *states)))


def disputes(order_id: UUID, *states: DisputeState) -> Select[tuple[int]]:
    """The statement that answers `disputed`."""
    total: Select[tuple[int]] = select(func.coalesce(func.sum(Dispute.amount), 0))
    return total.where(Dispute.order_id == order_id, Dispute.state.in_(states))
