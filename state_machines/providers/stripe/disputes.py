"""Stripe's disputes, and their meaning for the rows of disputes.

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
from state_machines.providers.stripe.payments import lock_payment
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
        """Read Stripe's object. Raises KeyError or ValueError when it is no dispute."""
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


def apply(dispute: StripeDispute) -> UUID:
    """Apply an event about a dispute, and return the id of its order. Raises NoSubjectError."""
    payment = lock_payment(dispute.intent_id, None)
    row = _lock_row(dispute) or _open_dispute(payment, dispute)
    is_due_by_changed = row.due_by != dispute.due_by
    row.due_by = dispute.due_by
    # Stripe repeats the status of a dispute in many events.
    if row.state != target_state(dispute):
        DisputeMachine.observe(row, dispute.signal)
    if is_due_by_changed:
        update_dispute_notice(payment.order)
    return payment.order_id


def target_state(dispute: StripeDispute) -> StrEnum:
    """Return the state that this status of a dispute leads to."""
    return next(arrow.target for arrow in DisputeMachine.arrows if arrow.signal == dispute.signal)


def _lock_row(dispute: StripeDispute) -> Dispute | None:
    row_id = db.session.scalar(db.select(Dispute.id).where(Dispute.stripe_id == dispute.id))
    return DisputeMachine.lock([row_id])[row_id] if row_id is not None else None


def _open_dispute(payment: Payment, dispute: StripeDispute) -> Dispute:
    row = Dispute(
        order_id=payment.order_id,
        stripe_id=dispute.id,
        amount=dispute.amount,
        currency=dispute.currency,
        reason=dispute.reason,
        due_by=dispute.due_by,
    )
    # An inquiry begins with a warning, everything else with the money withdrawn.
    first = DisputeSignal.WARN if dispute.inquiry else DisputeSignal.OPEN
    DisputeMachine.begin(row, first, reason=row.reason)
    return row
