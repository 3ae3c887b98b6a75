"""Radar's reviews of payments, and fraud warnings of card issuers.

The order is not shipped while one of them is open.

Sources of the shapes: https://docs.stripe.com/api/radar/reviews/object,
https://docs.stripe.com/api/radar/early_fraud_warnings/object
"""

from typing import Any
from uuid import UUID

from pydantic.dataclasses import dataclass

from models.notice import NoticeKind, is_known, open_notice, settle
from state_machines.providers.stripe.payments import lock_payment


@dataclass(frozen=True, slots=True)
class Review:
    """A review of a payment by Radar, as of one moment."""

    id: str
    open: bool
    reason: str
    intent_id: str | None

    @classmethod
    def read(cls, data: dict[str, Any]) -> "Review":
        """Read Stripe's object. Raises KeyError or ValueError when it is no review."""
        return cls(data["id"], data["open"], str(data["reason"]), data.get("payment_intent"))


@dataclass(frozen=True, slots=True)
class FraudWarning:
    """A warning of the card's issuer. It is not `actionable` once the payment is refunded."""

    id: str
    actionable: bool
    reason: str
    intent_id: str | None

    @classmethod
    def read(cls, data: dict[str, Any]) -> "FraudWarning":
        """Read Stripe's object. Raises KeyError or ValueError when it is no such warning."""
        reason = str(data.get("fraud_type"))
        return cls(data["id"], data["actionable"], reason, data.get("payment_intent"))


def apply_review(review: Review) -> UUID:
    """Open or settle the notice of a review, and return the id of its order.

    Raises NoSubjectError.
    """
    order_id = lock_payment(review.intent_id, None).order_id
    sentence = f"Radar wants the payment reviewed ({review.reason}): approve or refund it at Stripe"
    # The event that closes a review may arrive before the one that opens it.
    if not is_known(review.id, NoticeKind.REVIEW):
        open_notice(order_id, NoticeKind.REVIEW, sentence, subject=review.id)
    if not review.open:
        settle(review.id, NoticeKind.REVIEW)
    return order_id


def apply_warning(warning: FraudWarning) -> UUID:
    """Open the notice of a fraud warning, and return the id of its order.

    An operator settles the notice. Raises NoSubjectError.
    """
    order_id = lock_payment(warning.intent_id, None).order_id
    sentence = (
        f"the card's issuer warns of fraud ({warning.reason}): a dispute may follow; refund it"
    )
    if warning.actionable and not is_known(warning.id, NoticeKind.FRAUD_WARNING):
        open_notice(order_id, NoticeKind.FRAUD_WARNING, sentence, subject=warning.id)
    return order_id
