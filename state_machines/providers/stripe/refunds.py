"""What Stripe says of a refund, and what that means to our row of it; also of refunds that somebody
made in Stripe's own dashboard, which become rows here.

Source of the shapes: https://docs.stripe.com/api/refunds/object
"""

from contextlib import suppress
from typing import Any
from uuid import UUID

from pydantic.dataclasses import dataclass

from models.base import db
from models.currency import CurrencyCode, MinorAmount
from models.payment import Payment
from models.refund import Refund, RefundOrigin, RefundState
from state_machines.actions.refund_order import cancel_refunded_order
from state_machines.providers.stripe.intents import lock_payment
from state_machines.refund import RefundMachine, RefundSignal

SIGNALS = {
    "pending": RefundSignal.SUBMITTED,
    "requires_action": RefundSignal.SUBMITTED,
    "succeeded": RefundSignal.SUCCEEDED,
    "failed": RefundSignal.FAILED,
    "canceled": RefundSignal.FAILED,
}
# The states in which a row has heard each signal already.
HEARD = {
    RefundSignal.SUBMITTED: (RefundState.SUBMITTED, RefundState.SUCCEEDED),
    RefundSignal.SUCCEEDED: (RefundState.SUCCEEDED,),
    RefundSignal.FAILED: (RefundState.FAILED,),
}


@dataclass(frozen=True, slots=True)
class StripeRefund:
    """A refund as of one moment. `amount` is minor units; `row_id` is ours, where it is ours."""

    id: str
    signal: RefundSignal
    amount: MinorAmount
    currency: CurrencyCode
    intent_id: str | None
    row_id: UUID | None
    reason: str | None
    failure_reason: str | None

    @classmethod
    def read(cls, data: dict[str, Any]) -> "StripeRefund":
        """From Stripe's object. Raises KeyError or ValueError when it is no refund."""
        row_id = None
        with suppress(KeyError, TypeError, ValueError):
            row_id = UUID(data["metadata"]["refundId"])
        return cls(
            id=data["id"],
            # In a state that is not known here, such as none, it may have left us all the same.
            signal=SIGNALS.get(data["status"], RefundSignal.SUBMITTED),
            amount=data["amount"],
            currency=data["currency"],
            intent_id=data.get("payment_intent"),
            row_id=row_id,
            reason=data.get("reason"),
            failure_reason=data.get("failure_reason"),
        )


def record_refund(payment: Payment, told: StripeRefund) -> None:
    """Note what Stripe says on our row of it; the payment, and so its order, is locked.

    What the row has heard already changes nothing.
    """
    known = _row_of(payment, told)
    row = known or _found(payment, told)
    moved = known is None
    # It was refused, or given up, and Stripe has it all the same.
    if row.stripe_id is None and row.state == RefundState.FAILED:
        RefundMachine.send(row, RefundSignal.FIND)
        moved = True
    row.stripe_id = told.id
    if row.state not in HEARD[told.signal] and RefundMachine.observe(
        row, told.signal, reason=told.failure_reason
    ):
        row.failure_reason = told.failure_reason
        moved = True
    if moved:
        cancel_refunded_order(payment)


def apply(told: StripeRefund) -> UUID:
    """Apply an event about a refund; the id of its order. Raises NoSubjectError."""
    payment = lock_payment(told.intent_id, None)
    record_refund(payment, told)
    return payment.order_id


def _row_of(payment: Payment, told: StripeRefund) -> Refund | None:
    mine = Refund.stripe_id == told.id
    if told.row_id is not None:
        # A second one that names the same row is another refund: its money went, too.
        mine |= (Refund.id == told.row_id) & Refund.stripe_id.is_(None)
    row: Refund | None = db.session.scalar(
        db.select(Refund)
        .where(Refund.order_id == payment.order_id, mine)
        .execution_options(populate_existing=True)
    )
    return RefundMachine.lock([row.id])[row.id] if row is not None else None


def _found(payment: Payment, told: StripeRefund) -> Refund:
    """A row for a refund that was not made here."""
    row = Refund(
        order_id=payment.order_id,
        origin=RefundOrigin.STRIPE,
        amount=told.amount,
        currency=told.currency,
        reason=told.reason,
        stripe_id=told.id,
    )
    RefundMachine.begin(row, RefundSignal.FIND, reason=told.reason)
    return row
