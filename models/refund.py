"""Refunds of an order: how much went back to the customer, and what became of it."""

from collections.abc import Iterable
from enum import StrEnum, auto
from typing import cast
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, db, text_enum
from models.dispute import DisputeState, disputes
from models.execution import Asked, Execution, ask_index
from models.order import Order
from models.payment import Payment


class RefundState(StrEnum):
    REQUESTED = "Requested"  # committed here, perhaps known to Stripe
    SUBMITTED = "Submitted"  # Stripe has it, and the bank has not answered
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"  # the money is ours again


# They count against what was captured.
ACTIVE = (RefundState.REQUESTED, RefundState.SUBMITTED, RefundState.SUCCEEDED)


class RefundOrigin(StrEnum):
    CANCEL = auto()  # the order was cancelled after it was paid
    LATE = auto()  # the money came after the order had ended
    OPERATOR = auto()
    STRIPE = auto()  # somebody made it in Stripe's own dashboard


class Refund(Asked, Execution, Base):
    """`amount` is minor units of `currency`. The id is the idempotency key at Stripe."""

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint("amount > 0", "amount"),
        Index("ix_refund_order_id", "order_id"),
        ask_index("refund"),
    )

    state: Mapped[RefundState] = mapped_column(text_enum(RefundState, "state"))
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    origin: Mapped[RefundOrigin] = mapped_column(text_enum(RefundOrigin, "origin"))
    amount: Mapped[int]
    currency: Mapped[str]
    reason: Mapped[str | None]
    stripe_id: Mapped[str | None] = mapped_column(unique=True)
    failure_reason: Mapped[str | None]

    order: Mapped[Order] = relationship(lazy="raise", back_populates="refunds")


def given_back(order_id: UUID, states: Iterable[RefundState] = ACTIVE) -> int:
    """Minor units of the order's refunds in `states`."""
    return cast("int", db.session.scalar(_refunds(order_id, states)))


def refundable(payment: Payment) -> int:
    """Minor units that are ours to give back; the payment's order must be locked."""
    back = _refunds(payment.order_id, ACTIVE).scalar_subquery()
    lost = disputes(payment.order_id, DisputeState.LOST).scalar_subquery()
    # In one statement: every payment that succeeds asks for it.
    return payment.captured - cast("int", db.session.scalar(select(back + lost)))


def _refunds(order_id: UUID, states: Iterable[RefundState]) -> Select[tuple[int]]:
    total: Select[tuple[int]] = select(func.coalesce(func.sum(Refund.amount), 0))
    return total.where(Refund.order_id == order_id, Refund.state.in_(tuple(states)))
