"""What Stripe says of a dispute.

Source of the shapes: https://docs.stripe.com/api/disputes/object
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic.dataclasses import dataclass

from models.base import db
from models.currency import CurrencyCode, MinorAmount
from models.dispute import Dispute
from models.payment import Payment
from state_machines.dispute import DisputeMachine, DisputeSignal
from state_machines.providers.stripe.intents import lock_payment
from state_machines.writes.notices import update_dispute_notice

SIGNALS = {
    "warning_needs_response": DisputeSignal.WARN,
    "warning_under_review": DisputeSignal.WARN,
    "warning_closed": DisputeSignal.CLOSE,
    "needs_response": DisputeSignal.OPEN,
    "under_review": DisputeSignal.REVIEW,
    "won": DisputeSignal.WIN,
    "lost": DisputeSignal.LOSE,
    "prevented": DisputeSignal.CLOSE,
}


@dataclass(frozen=True, slots=True)
class StripeDispute:
    """A dispute as of one moment. `amount` is minor units."""

    id: str
    signal: DisputeSignal
    inquiry: bool
    intent_id: str | None
    amount: MinorAmount
    currency: CurrencyCode
    reason: str
    due_by: datetime | None

    @classmethod
    def read(cls, data: dict[str, Any]) -> "StripeDispute":
        """From Stripe's object. Raises KeyError or ValueError when it is no dispute."""
        return cls(
            id=data["id"],
            signal=SIGNALS[data["status"]],
            inquiry=data["status"].startswith("warning_"),
            intent_id=data.get("payment_intent"),
            amount=data["amount"],
            currency=data["currency"],
            reason=data["reason"],
            due_by=(data.get("evidence_details") or {}).get("due_by"),
        )


def apply(told: StripeDispute) -> UUID:
    """Apply an event about a dispute; the id of its order. Raises NoSubjectError."""
    payment = lock_payment(told.intent_id, None)
    row = _row_of(told) or _opened(payment, told)
    moved_on = row.due_by != told.due_by
    row.due_by = told.due_by
    # Stripe tells again and again where a dispute stands.
    if row.state != target_state(told):
        DisputeMachine.observe(row, told.signal)
    if moved_on:
        update_dispute_notice(payment.order)
    return payment.order_id


def target_state(told: StripeDispute) -> StrEnum:
    """The state in which our row is once it has heard this."""
    return next(arrow.target for arrow in DisputeMachine.arrows if arrow.signal == told.signal)


def _row_of(told: StripeDispute) -> Dispute | None:
    found = db.session.scalar(db.select(Dispute.id).where(Dispute.stripe_id == told.id))
    return DisputeMachine.lock([found])[found] if found is not None else None


def _opened(payment: Payment, told: StripeDispute) -> Dispute:
    row = Dispute(
        order_id=payment.order_id,
        stripe_id=told.id,
        amount=told.amount,
        currency=told.currency,
        reason=told.reason,
        due_by=told.due_by,
    )
    # An inquiry begins with a warning, everything else with the money withdrawn.
    first = DisputeSignal.WARN if told.inquiry else DisputeSignal.OPEN
    DisputeMachine.begin(row, first, reason=row.reason)
    return row
