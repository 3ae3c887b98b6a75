"""The comparison of Stripe's intents, refunds and disputes with the rows.

Each object is compared by itself. A difference is retrieved from Stripe, or applied as an event
would be. An unreadable object is logged, and does not stop the others.
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
from models.logs import logger
from models.payment import Payment, PaymentState, is_by_stripe
from models.refund import Refund
from state_machines.durable import inbox
from state_machines.durable.base.handling import ProviderEvent
from state_machines.durable.unit_of_work import schedule
from state_machines.payment import PaymentMachine, PaymentSignal
from state_machines.providers.stripe import unmatched
from state_machines.providers.stripe.disputes import StripeDispute, target_state
from state_machines.providers.stripe.intents import Intent
from state_machines.providers.stripe.refunds import STATES_AFTER, StripeRefund

log = logger(__name__)
R = TypeVar("R")

# Stripe keeps its events for so long, and failed ones are retried for as long.
RETRY_PERIOD = timedelta(days=30)
# A bank may return a refund long after it succeeded.
REFUND_FAILURE_PERIOD = timedelta(days=30)


def retry_failed_signals() -> int:
    """Retry Stripe's failed signals once, and return their number."""
    return inbox.replay_all(
        SignalRow.source == "stripe",
        SignalRow.state == SignalState.FAILED,
        SignalRow.payload.is_not(None),
        SignalRow.id > first_of(now() - RETRY_PERIOD),
        attempts=1,
    )


def schedule_unknown_payments(intents: Iterable[Intent]) -> None:
    """Schedule the retrieval of paid intents whose payments are not paid.

    An intent that was paid for an order that is not here opens a notice.
    """
    paid = {intent.id: intent for intent in intents if intent.received > 0}
    of_order = {intent.named_order: intent for intent in paid.values() if intent.named_order}
    columns = (Payment.id, Payment.order_id, Payment.intent_id, Payment.state)
    mine = Payment.intent_id.in_(paid) | Payment.order_id.in_(of_order)
    for payment_id, order_id, intent_id, state in db.session.execute(
        db.select(*columns).where(mine, is_by_stripe())
    ):
        intent = paid.pop(intent_id, None) if intent_id else paid.pop(of_order[order_id].id, None)
        if intent is not None and state != PaymentState.SUCCESS:
            schedule("payments.poll_intent", PaymentMachine.name, payment_id, intent=intent.id)
    for intent in paid.values():
        unmatched.notify_unmatched(intent)


def read_valid(kind: type[R], objects: Iterable[dict[str, Any]]) -> list[R]:
    """Read each object as a `kind`, and leave out the unreadable ones."""
    return [parsed for data in objects if (parsed := _read(kind, data)) is not None]


def observe_changed_refunds(objects: Iterable[dict[str, Any]]) -> None:
    """Have the refunds of a payment listed when one of them is missing here or differs."""
    refunds = read_valid(StripeRefund, objects)
    rows = db.session.execute(
        db.select(Refund.stripe_id, Refund.state).where(
            Refund.stripe_id.in_([refund.id for refund in refunds])
        )
    )
    states = dict(rows.all())
    intent_ids = {
        refund.intent_id
        for refund in refunds
        if refund.intent_id and states.get(refund.id) not in STATES_AFTER[refund.signal]
    }
    payment_ids = db.session.scalars(db.select(Payment.id).where(Payment.intent_id.in_(intent_ids)))
    for payment in PaymentMachine.lock(payment_ids.all()).values():
        PaymentMachine.observe(payment, PaymentSignal.REFUNDS_CHANGED)


def oldest_open_dispute() -> datetime | None:
    """Return a time before Stripe created the oldest dispute that is open here, or None."""
    oldest: datetime | None = db.session.scalar(
        db.select(db.func.min(Dispute.created_at)).where(Dispute.state.in_(OPEN_DISPUTES))
    )
    # Stripe's dispute is older than its row.
    return oldest - timedelta(hours=1) if oldest else None


def store_changed_disputes(objects: Iterable[dict[str, Any]]) -> None:
    """Store a signal, as an event would be, for each dispute that is missing here or differs.

    Disputes of payments that are not here are left out.
    """
    disputes = {
        data["id"]: (data, dispute) for data in objects if (dispute := _read(StripeDispute, data))
    }
    intents = [dispute.intent_id for _, dispute in disputes.values()]
    ours = set(
        db.session.scalars(db.select(Payment.intent_id).where(Payment.intent_id.in_(intents)))
    )
    rows = db.select(Dispute.stripe_id, Dispute.state).where(Dispute.stripe_id.in_(disputes))
    states = dict(db.session.execute(rows).all())
    inbox.store(
        "stripe",
        [
            _as_event(data)
            for data, dispute in disputes.values()
            if dispute.intent_id in ours and states.get(dispute.id) != target_state(dispute)
        ],
    )


def _as_event(dispute: dict[str, Any]) -> ProviderEvent:
    key, kind = f"compared {dispute['id']} {dispute['status']}", "charge.dispute.updated"
    return key, kind, {"id": key, "type": kind, "data": {"object": dispute}}


def _read(kind: Any, data: dict[str, Any]) -> Any:
    try:
        return kind.read(data)
    except (AttributeError, KeyError, TypeError, ValueError):
        log.exception("%s of Stripe cannot be read", data.get("id"))
        return None
