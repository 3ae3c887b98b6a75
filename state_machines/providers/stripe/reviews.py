"""What Stripe's Radar says of a payment: reviews, and warnings of the card's issuer. While one is
open, the order is not shipped.

Sources of the shapes: https://docs.stripe.com/api/radar/reviews/object,
https://docs.stripe.com/api/radar/early_fraud_warnings/object
"""

from typing import Any
from uuid import UUID

from pydantic.dataclasses import dataclass

from models.notice import NoticeKind, is_known, open_notice, settle
from state_machines.providers.stripe.intents import lock_payment


@dataclass(frozen=True, slots=True)
class Review:
    id: str
    open: bool
    reason: str
    intent_id: str | None

    @classmethod
    def read(cls, data: dict[str, Any]) -> "Review":
        """From Stripe's object. Raises KeyError or ValueError when it is no review."""
        return cls(data["id"], data["open"], str(data["reason"]), data.get("payment_intent"))


@dataclass(frozen=True, slots=True)
class FraudWarning:
    id: str
    actionable: bool
    reason: str
    intent_id: str | None

    @classmethod
    def read(cls, data: dict[str, Any]) -> "FraudWarning":
        """From Stripe's object. Raises KeyError or ValueError when it is no such warning."""
        reason = str(data.get("fraud_type"))
        return cls(data["id"], data["actionable"], reason, data.get("payment_intent"))


def apply_review(told: Review) -> UUID:
    """Raise or settle the notice; the id of the order. Raises NoSubjectError."""
    order_id = lock_payment(told.intent_id, None).order_id
    sentence = f"Radar wants the payment reviewed ({told.reason}): approve or refund it at Stripe"
    # The word that it is closed may have come before the word that it was opened.
    if not is_known(told.id, NoticeKind.REVIEW):
        open_notice(order_id, NoticeKind.REVIEW, sentence, subject=told.id)
    if not told.open:
        settle(told.id, NoticeKind.REVIEW)
    return order_id


def apply_warning(told: FraudWarning) -> UUID:
    """Raise the notice, which a person settles; the id of the order. Raises NoSubjectError."""
    order_id = lock_payment(told.intent_id, None).order_id
    sentence = f"the card's issuer warns of fraud ({told.reason}): a dispute may follow; refund it"
    if told.actionable and not is_known(told.id, NoticeKind.FRAUD_WARNING):
        open_notice(order_id, NoticeKind.FRAUD_WARNING, sentence, subject=told.id)
    return order_id
