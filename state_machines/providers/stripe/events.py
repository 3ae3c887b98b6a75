"""Stripe's events: the kinds that are read, and the handler of each."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from models.refund import refunded_amount
from state_machines.durable.base.handling import MalformedError, NoSubjectError, NotOursError
from state_machines.durable.unit_of_work import schedule
from state_machines.payment import PaymentMachine, PaymentSignal
from state_machines.providers.stripe import disputes, refunds, unmatched
from state_machines.providers.stripe.disputes import StripeDispute
from state_machines.providers.stripe.intents import Charge, Intent
from state_machines.providers.stripe.origin import refuse_foreign_event
from state_machines.providers.stripe.payments import (
    lock_payment,
    missed_signal,
    record_card,
    record_intent,
)
from state_machines.providers.stripe.refunds import StripeRefund
from state_machines.providers.stripe.reviews import (
    FraudWarning,
    Review,
    apply_review,
    apply_warning,
)


class Reader(NamedTuple):
    """The reader of one kind of events.

    `object_type` is the type of Stripe's object in the event. `read` parses that object, and raises
    KeyError, TypeError or ValueError. `apply` applies the result, and returns the order's id.
    """

    object_type: str
    read: Callable[[dict[str, Any]], Any]
    apply: Callable[[Any], UUID]


def apply_event(kind: str, event: dict[str, Any]) -> UUID:
    """Apply one Stripe event, and return the id of its order.

    Raises NotOursError for kinds that are not read, MalformedError for objects that do not fit
    their kind, and NoSubjectError for unknown intents.
    """
    refuse_foreign_event(kind, event)
    if kind not in READERS:
        raise NotOursError(f"{kind} is not read here")
    reader = READERS[kind]
    try:
        data = event["data"]["object"]
        object_type = data["object"]
        parsed = reader.read(data) if object_type == reader.object_type else None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise MalformedError(
            f"{kind} came with a malformed {reader.object_type}: {error!r}"
        ) from error
    if parsed is None:
        raise MalformedError(f"{kind} came with a {object_type}, not with a {reader.object_type}")
    return reader.apply(parsed)


def _apply_intent(signal: PaymentSignal, intent: Intent) -> UUID:
    payment = lock_payment(intent.id, intent.order_id)
    record_intent(payment, intent, signal)
    return payment.order_id


def _schedule_retrieval(intent: Intent) -> UUID:
    """Schedule the retrieval of an intent whose event would end its payment.

    Only Stripe's answer ends a payment, and it also has the card.
    """
    try:
        payment = lock_payment(intent.id, intent.order_id)
    except NoSubjectError:
        unmatched.notify_unmatched(intent)
        raise
    if missed_signal(payment, intent):
        schedule("payments.retrieve_intent", PaymentMachine.name, payment.id, intent=intent.id)
    return payment.order_id


def _apply_charge(charge: Charge) -> UUID:
    """Record the card, which no other event contains."""
    payment = lock_payment(charge.intent_id, charge.order_id)
    if charge.card is not None:
        record_card(payment, charge.card)
    return payment.order_id


def _apply_refunded_charge(charge: Charge) -> UUID:
    """Have the refunds of a charge listed when their sum differs from ours.

    The event has only the sum.
    """
    payment = lock_payment(charge.intent_id, charge.order_id)
    # Listing needs the intent's id, and the call that creates the intent may be unanswered.
    payment.intent_id = payment.intent_id or charge.intent_id
    if charge.refunded != refunded_amount(payment.order_id):
        PaymentMachine.observe(payment, PaymentSignal.REFUNDS_CHANGED)
    return payment.order_id


def _intent_reader(signal: PaymentSignal) -> Reader:
    return Reader("payment_intent", Intent.read, partial(_apply_intent, signal))


_REFUND = Reader("refund", StripeRefund.read, refunds.apply)
_DISPUTE = Reader("dispute", StripeDispute.read, disputes.apply)
_REVIEW = Reader("review", Review.read, apply_review)

READERS = {
    "payment_intent.succeeded": Reader("payment_intent", Intent.read, _schedule_retrieval),
    "payment_intent.requires_action": _intent_reader(PaymentSignal.ACTION_REQUIRED),
    "payment_intent.payment_failed": _intent_reader(PaymentSignal.DECLINED),
    "payment_intent.processing": _intent_reader(PaymentSignal.PROCESSING),
    "payment_intent.canceled": Reader("payment_intent", Intent.read, _schedule_retrieval),
    "charge.succeeded": Reader("charge", Charge.read, _apply_charge),
    "charge.refunded": Reader("charge", Charge.read, _apply_refunded_charge),
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
# The kinds that an endpoint at Stripe subscribes to. The others add nothing to these.
SUBSCRIBED = frozenset(READERS) - {"charge.succeeded", "refund.created"}
