"""Stripe's events: which of them mean something here, and to whom."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from models.refund import refunded_amount
from state_machines.durable.handler import MalformedError, NoSubjectError, NotOursError, handles
from state_machines.durable.unit_of_work import schedule
from state_machines.payment import PaymentMachine, PaymentSignal
from state_machines.providers.stripe import disputes, refunds, unmatched
from state_machines.providers.stripe.disputes import StripeDispute
from state_machines.providers.stripe.intents import (
    Charge,
    Intent,
    lock_payment,
    record_card,
    record_intent,
    unheard_signal,
)
from state_machines.providers.stripe.origin import refuse_strangers
from state_machines.providers.stripe.refunds import StripeRefund
from state_machines.providers.stripe.reviews import (
    FraudWarning,
    Review,
    apply_review,
    apply_warning,
)


class Reader(NamedTuple):
    """What events of a kind carry, how it is read, and what it then does: it answers the id of the
    order that the event was about.
    """

    noun: str
    read: Callable[[dict[str, Any]], Any]
    apply: Callable[[Any], UUID]


@handles("stripe")
def apply_event(kind: str, event: dict[str, Any]) -> UUID:
    """Apply one Stripe event. The answer is the id of its order.

    Raises NotOursError for kinds that mean nothing here, MalformedError for objects that are not
    what their kind says, NoSubjectError for unknown intents.
    """
    refuse_strangers(kind, event)
    if kind not in READERS:
        raise NotOursError(f"{kind} means nothing here")
    reader = READERS[kind]
    try:
        data = event["data"]["object"]
        found = data["object"]
        read = reader.read(data) if found == reader.noun else None
    except (AttributeError, KeyError, TypeError, ValueError) as wrong:
        raise MalformedError(f"{kind} came with a malformed {reader.noun}: {wrong!r}") from wrong
    if read is None:
        raise MalformedError(f"{kind} came with a {found}, not with a {reader.noun}")
    return reader.apply(read)


def _told(signal: PaymentSignal, intent: Intent) -> UUID:
    payment = lock_payment(intent.id, intent.order_id)
    record_intent(payment, intent, signal)
    return payment.order_id


def _ask(intent: Intent) -> UUID:
    """What ends a payment is not believed before Stripe has been asked: what it answers then goes,
    and has the card.
    """
    try:
        payment = lock_payment(intent.id, intent.order_id)
    except NoSubjectError:
        unmatched.notify_unmatched(intent)
        raise
    if unheard_signal(payment, intent):
        schedule("payments.retrieve_intent", PaymentMachine.name, payment.id, intent=intent.id)
    return payment.order_id


def _charged(charge: Charge) -> UUID:
    """The only event that shows the card."""
    payment = lock_payment(charge.intent_id, charge.order_id)
    if charge.card is not None:
        record_card(payment, charge.card)
    return payment.order_id


def _refunded(charge: Charge) -> UUID:
    """Which refunds a charge has, its event does not say: where there are others, we ask."""
    payment = lock_payment(charge.intent_id, charge.order_id)
    # The look needs it, and our own call may still be unanswered.
    payment.intent_id = payment.intent_id or charge.intent_id
    if charge.refunded != refunded_amount(payment.order_id):
        PaymentMachine.observe(payment, PaymentSignal.REFUNDS_CHANGED)
    return payment.order_id


def _intent(signal: PaymentSignal) -> Reader:
    return Reader("payment_intent", Intent.read, partial(_told, signal))


_REFUND = Reader("refund", StripeRefund.read, refunds.apply)
_DISPUTE = Reader("dispute", StripeDispute.read, disputes.apply)
_REVIEW = Reader("review", Review.read, apply_review)
# The kinds of events that are read.
READERS = {
    "payment_intent.succeeded": Reader("payment_intent", Intent.read, _ask),
    "payment_intent.requires_action": _intent(PaymentSignal.ACTION_REQUIRED),
    "payment_intent.payment_failed": _intent(PaymentSignal.DECLINED),
    "payment_intent.processing": _intent(PaymentSignal.PROCESSING),
    "payment_intent.canceled": Reader("payment_intent", Intent.read, _ask),
    "charge.succeeded": Reader("charge", Charge.read, _charged),
    "charge.refunded": Reader("charge", Charge.read, _refunded),
    "refund.created": _REFUND,
    "refund.updated": _REFUND,
    "refund.failed": _REFUND,
    "charge.refund.updated": _REFUND,
    "charge.dispute.created": _DISPUTE,
    "charge.dispute.updated": _DISPUTE,
    "charge.dispute.closed": _DISPUTE,
    "review.opened": _REVIEW,
    "review.closed": _REVIEW,
    "radar.early_fraud_warning.created": Reader(
        "radar.early_fraud_warning", FraudWarning.read, apply_warning
    ),
}
# What an endpoint at Stripe is subscribed to. The others tell nothing that one of these does not.
SUBSCRIBED = frozenset(READERS) - {"charge.succeeded", "refund.created"}
