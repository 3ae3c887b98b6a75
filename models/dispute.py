"""Disputes: chargebacks and inquiries of customers' banks."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, any_, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, MinorUnits, currency_form, db, text_enum
from models.durable.execution import Execution, state_index
from models.order import Order, orders_of
from models.personal import Personal
from models.prepared import Prepared, parameter


class DisputeState(StrEnum):
    """Source: https://docs.stripe.com/api/disputes/object#dispute_object-status."""

    WARNING = "Warning"  # an inquiry: no money has moved yet
    NEEDS_RESPONSE = "NeedsResponse"
    UNDER_REVIEW = "UnderReview"
    WON = "Won"
    LOST = "Lost"
    CLOSED = "Closed"  # an inquiry that came to nothing


OPEN = (DisputeState.WARNING, DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW)
# The bank has withdrawn the money, and Stripe refuses refunds.
WITHDRAWN = (DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW)


class Dispute(Execution, Base):
    """A dispute. `amount` is minor units of `currency`; evidence is accepted until `due_by`."""

    __tablename__ = "dispute"
    __table_args__ = (
        CheckConstraint("amount >= 0", "amount"),
        currency_form(),
        Index("ix_dispute_order_id", "order_id"),
        state_index("dispute"),
    )
    personal = Personal(
        lambda person: Dispute.order_id.in_(orders_of(person)),
        keeps=("stripe_id", "currency", "reason"),
    )

    state: Mapped[DisputeState] = mapped_column(text_enum(DisputeState, "state"))
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    stripe_id: Mapped[str] = mapped_column(unique=True)
    amount: Mapped[MinorUnits]
    currency: Mapped[str]
    reason: Mapped[str]
    due_by: Mapped[datetime | None]

    order: Mapped[Order] = relationship(lazy="raise")


def disputed_amounts(order_id: UUID, *states: DisputeState) -> dict[str, int]:
    """Return the sums of the order's disputes in `states`, in minor units by currency.

    Banks may dispute in another currency than the order's.
    """
    rows = _AMOUNTS.within(db.session(), order_id=order_id, states=list(states))
    return {currency: int(amount) for currency, amount in rows}


_AMOUNTS = Prepared(
    lambda: (
        select(Dispute.currency, func.sum(Dispute.amount))
        .where(
            Dispute.order_id == parameter("order_id"),
            Dispute.state == any_(parameter("states", ARRAY(Text))),
        )
        .group_by(Dispute.currency)
        .order_by(Dispute.currency)
    )
)
