"""Refunds of orders, each by one refund at Stripe."""

from collections.abc import Iterable
from enum import StrEnum, auto
from typing import cast
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    case,
    func,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column, relationship

from models.base import Base, MinorUnits, currency_form, db, text_enum
from models.dispute import Dispute, DisputeState
from models.durable.execution import Polled, poll_index, state_index
from models.order import Order, orders_of
from models.payment import Payment
from models.personal import Personal
from models.prepared import Prepared, parameter


class RefundState(StrEnum):
    REQUESTED = "Requested"  # committed here, perhaps known to Stripe
    SUBMITTED = "Submitted"  # Stripe has it, and the bank has not answered
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"  # the money has returned to the shop


# States that count against the captured amount.
ACTIVE = (RefundState.REQUESTED, RefundState.SUBMITTED, RefundState.SUCCEEDED)
# The bank has accepted the refund.
AT_BANK = (RefundState.SUBMITTED, RefundState.SUCCEEDED)


class RefundOrigin(StrEnum):
    """The reason why a refund was made."""

    CANCEL = auto()  # the order was cancelled after it was paid
    LATE = auto()  # the money came after the order had ended
    OPERATOR = auto()
    STRIPE = auto()  # somebody made it in Stripe's own dashboard


class Refund(Polled, Base):
    """A refund. `amount` is minor units of `currency`; the id is the idempotency key at Stripe."""

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint("amount > 0", "amount"),
        currency_form(),
        Index("ix_refund_order_id", "order_id"),
        poll_index("refund"),
        state_index("refund"),
    )
    personal = Personal(
        lambda person: Refund.order_id.in_(orders_of(person)),
        erase={"reason": None, "failure_reason": None},
        keeps=("currency", "stripe_id"),
    )

    state: Mapped[RefundState] = mapped_column(text_enum(RefundState, "state"))
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    origin: Mapped[RefundOrigin] = mapped_column(text_enum(RefundOrigin, "origin"))
    amount: Mapped[MinorUnits]
    currency: Mapped[str]
    reason: Mapped[str | None]
    stripe_id: Mapped[str | None] = mapped_column(unique=True)
    failure_reason: Mapped[str | None]

    order: Mapped[Order] = relationship(lazy="raise", back_populates="refunds")


def refunded_amount(order_id: UUID, states: Iterable[RefundState] = ACTIVE) -> int:
    """Return the sum of the order's refunds in `states`, in minor units.

    Stripe refunds in the captured currency.
    """
    rows = (Refund.order_id == order_id, Refund.state.in_(tuple(states)))
    return cast("int", db.session.scalar(_sum(Refund.amount).where(*rows)))


def refundable_amount(payment: Payment) -> int:
    """Return the captured amount that can still be refunded. The payment's order must be locked.

    A bank may dispute in another currency, whose rate is unknown here. Such a dispute, once lost,
    counts as the whole captured amount; an operator decides on the rest.
    """
    ((returned,),) = _RETURNED.within(
        db.session(),
        order_id=payment.order_id,
        captured=payment.captured,
        captured_in=payment.captured_currency or payment.currency,
    )
    return payment.captured - cast("int", returned)


def _returned() -> Select[int]:
    """Return the query of the amount that refunds and lost disputes take from a payment."""
    counting = ((Refund, ACTIVE), (Dispute, (DisputeState.LOST,)))
    captured_in, whole = parameter("captured_in"), parameter("captured", BigInteger())
    refunds, disputes = (
        _sum(case((row.currency == captured_in, row.amount), else_=whole))
        .where(row.order_id == parameter("order_id"), row.state.in_(states))
        .scalar_subquery()
        for row, states in counting
    )
    return select(refunds + disputes)


# One statement, since every successful payment runs it.
_RETURNED = Prepared(_returned)


def _sum(amount: ColumnElement[int] | InstrumentedAttribute[int]) -> Select[tuple[int]]:
    # PostgreSQL's sum of bigints is a decimal.
    return select(func.coalesce(func.sum(amount), 0).cast(BigInteger))
