"""Stripe's refunds, and their meaning for the rows of refunds.

A refund that somebody makes in Stripe's own dashboard becomes a row here.

Source of the shapes: https://docs.stripe.com/api/refunds/object
"""

from contextlib import suppress
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from pydantic.dataclasses import dataclass

from models.base import db
from models.currency import CurrencyCode, MinorAmount
from models.payment import Payment
from models.refund import Refund, RefundOrigin, RefundState
from state_machines.actions.refund_order import cancel_refunded_order
from state_machines.providers.stripe.payments import lock_payment
from state_machines.refund import RefundMachine, RefundSignal

SIGNALS = {
    "pending": RefundSignal.SUBMITTED,
    "requires_action": RefundSignal.SUBMITTED,
    "succeeded": RefundSignal.SUCCEEDED,
    "failed": RefundSignal.FAILED,
    "canceled": RefundSignal.FAILED,
}
# The states of a row after each signal: repeating it there changes nothing.
STATES_AFTER = {
    RefundSignal.SUBMITTED: (RefundState.SUBMITTED, RefundState.SUCCEEDED),
    RefundSignal.SUCCEEDED: (RefundState.SUCCEEDED,),
    RefundSignal.FAILED: (RefundState.FAILED,),
}


@dataclass(frozen=True, slots=True)
class StripeRefund:
    """A refund as of one moment. `amount` is minor units; `row_id` is None for others' refunds."""

    id: str
    signal: RefundSignal
    amount: Annotated[MinorAmount, Field(gt=0)]
    currency: CurrencyCode
    intent_id: str | None
    row_id: UUID | None
    reason: str | None
    failure_reason: str | None

    @classmethod
    def read(cls, data: dict[str, Any]) -> "StripeRefund":
        """Read Stripe's object. Raises KeyError or ValueError when it is no refund."""
        row_id = None
        with suppress(KeyError, TypeError, ValueError):
            row_id = UUID(data["metadata"]["refundId"])
        return cls(
            id=data["id"],
            # With a status that is unknown here, the money may have left all the same.
            signal=SIGNALS.get(data["status"], RefundSignal.SUBMITTED),
            amount=data["amount"],
            currency=data["currency"],
            intent_id=data.get("payment_intent"),
            row_id=row_id,
            reason=data.get("reason"),
            failure_reason=data.get("failure_reason"),
        )


def record_refund(payment: Payment, refund: StripeRefund) -> None:
    """Record a refund of Stripe's on its row, which is inserted if it is missing.

    The payment, and so its order, must be locked. A repeated status changes nothing.
    """
    existing = _lock_row(payment, refund)
    row = existing or _import_refund(payment, refund)
    moved = existing is None
    # The call was refused or given up, yet Stripe has the refund.
    if row.stripe_id is None and row.state == RefundState.FAILED:
        RefundMachine.send(row, RefundSignal.FIND)
        moved = True
    row.stripe_id = refund.id
    if row.state not in STATES_AFTER[refund.signal] and RefundMachine.observe(
        row, refund.signal, reason=refund.failure_reason
    ):
        row.failure_reason = refund.failure_reason
        moved = True
    if moved:
        cancel_refunded_order(payment)


def apply(refund: StripeRefund) -> UUID:
    """Apply an event about a refund, and return the id of its order. Raises NoSubjectError."""
    payment = lock_payment(refund.intent_id, None)
    record_refund(payment, refund)
    return payment.order_id


def _lock_row(payment: Payment, refund: StripeRefund) -> Refund | None:
    mine = Refund.stripe_id == refund.id
    if refund.row_id is not None:
        # A second refund with the same row id moved money of its own, so it gets its own row.
        mine |= (Refund.id == refund.row_id) & Refund.stripe_id.is_(None)
    row: Refund | None = db.session.scalar(
        db.select(Refund)
        .where(Refund.order_id == payment.order_id, mine)
        .execution_options(populate_existing=True)
    )
    return RefundMachine.lock([row.id])[row.id] if row is not None else None


def _import_refund(payment: Payment, refund: StripeRefund) -> Refund:
    """Insert a row for a refund that was made elsewhere."""
    row = Refund(
        order_id=payment.order_id,
        origin=RefundOrigin.STRIPE,
        amount=refund.amount,
        currency=refund.currency,
        reason=refund.reason,
        stripe_id=refund.id,
    )
    RefundMachine.begin(row, RefundSignal.FIND, reason=refund.reason)
    return row
