"""Comparing what Stripe has with our rows: what was paid, what went back, what is disputed.

Each thing is compared by itself. What differs is asked for, or taken in as an event would be; what
cannot be read is logged, and keeps no other back. What agrees is left alone.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from models.base import db
from models.clock import now
from models.dispute import OPEN as OPEN_DISPUTES
from models.dispute import Dispute
from models.durable.signal import SignalRow, SignalState
from models.ids import first_of
from models.payment import Payment, PaymentState
from models.refund import Refund
from state_machines.durable import inbox
from state_machines.durable.complaint import complaints
from state_machines.durable.handler import Told
from state_machines.durable.unit_of_work import schedule
from state_machines.payment import PaymentMachine, PaymentSignal
from state_machines.providers.stripe import unmatched
from state_machines.providers.stripe.disputes import StripeDispute, target_state
from state_machines.providers.stripe.intents import Intent
from state_machines.providers.stripe.refunds import HEARD, StripeRefund

log = complaints(__name__)
R = TypeVar("R")

# For as long Stripe's events that failed here are tried again: as long as Stripe has them.
TRIED_AGAIN = timedelta(days=30)
# A bank may send a refund back when it has long succeeded.
REFUNDS_FAIL_WITHIN = timedelta(days=30)


def retry_failed_signals() -> int:
    """Have Stripe's signals that failed tried once more; how many."""
    return inbox.replay_all(
        SignalRow.source == "stripe",
        SignalRow.state == SignalState.FAILED,
        SignalRow.payload.is_not(None),
        SignalRow.id > first_of(now() - TRIED_AGAIN),
        tries=1,
    )


def schedule_unknown_payments(intents: Iterable[Intent]) -> None:
    """Have Stripe asked about payments whose intents were paid, and which do not know it. What was
    paid for an order that is not here is put before a person.
    """
    paid = {intent.id: intent for intent in intents if intent.received > 0}
    of_order = {intent.named_order: intent for intent in paid.values() if intent.named_order}
    columns = (Payment.id, Payment.order_id, Payment.intent_id, Payment.state)
    mine = Payment.intent_id.in_(paid) | Payment.order_id.in_(of_order)
    for payment_id, order_id, intent_id, state in db.session.execute(
        db.select(*columns).where(mine)
    ):
        intent = paid.pop(intent_id, None) if intent_id else paid.pop(of_order[order_id].id, None)
        if intent is not None and state != PaymentState.SUCCESS:
            schedule("payments.retrieve_intent", PaymentMachine.name, payment_id, intent=intent.id)
    for intent in paid.values():
        unmatched.notify_unmatched(intent)


def read_valid(kind: type[R], objects: Iterable[dict[str, Any]]) -> list[R]:
    """What Stripe listed, without those that cannot be read."""
    return [read for data in objects if (read := _read(kind, data)) is not None]


def observe_changed_refunds(objects: Iterable[dict[str, Any]]) -> None:
    """Have all refunds of a payment listed of which one is not here, or stands elsewhere."""
    told = read_valid(StripeRefund, objects)
    rows = db.session.execute(
        db.select(Refund.stripe_id, Refund.state).where(
            Refund.stripe_id.in_([refund.id for refund in told])
        )
    )
    states = dict(rows.all())
    differing = {
        refund.intent_id for refund in told if states.get(refund.id) not in HEARD[refund.signal]
    }
    found = db.session.scalars(
        db.select(Payment.id).where(Payment.intent_id.in_([each for each in differing if each]))
    )
    for payment in PaymentMachine.lock(found.all()).values():
        PaymentMachine.observe(payment, PaymentSignal.REFUNDS_CHANGED)


def oldest_open_dispute() -> datetime | None:
    """When the oldest dispute came that is still open here."""
    oldest: datetime | None = db.session.scalar(
        db.select(db.func.min(Dispute.created_at)).where(Dispute.state.in_(OPEN_DISPUTES))
    )
    # Our row of it is younger than Stripe's.
    return oldest - timedelta(hours=1) if oldest else None


def store_changed_disputes(objects: Iterable[dict[str, Any]]) -> None:
    """Have each dispute applied, as its event would be, that is not here or stands elsewhere: each
    as a signal of its own. Those about payments that are not here are not ours.
    """
    told = {
        data["id"]: (data, dispute) for data in objects if (dispute := _read(StripeDispute, data))
    }
    intents = [dispute.intent_id for _, dispute in told.values()]
    ours = set(
        db.session.scalars(db.select(Payment.intent_id).where(Payment.intent_id.in_(intents)))
    )
    rows = db.select(Dispute.stripe_id, Dispute.state).where(Dispute.stripe_id.in_(told))
    states = dict(db.session.execute(rows).all())
    inbox.store(
        "stripe",
        [
            _as_event(data)
            for data, dispute in told.values()
            if dispute.intent_id in ours and states.get(dispute.id) != target_state(dispute)
        ],
    )


def _as_event(dispute: dict[str, Any]) -> Told:
    key, kind = f"compared {dispute['id']} {dispute['status']}", "charge.dispute.updated"
    return key, kind, {"id": key, "type": kind, "data": {"object": dispute}}


def _read(kind: Any, data: dict[str, Any]) -> Any:
    try:
        return kind.read(data)
    except (AttributeError, KeyError, TypeError, ValueError):
        log.exception("%s of Stripe cannot be read", data.get("id"))
        return None
