"""Tests of failed signals whose payload is erased: the reconciliation repairs the loss."""

from uuid import UUID

import pytest

from config import settings
from models import NoticeKind, SignalRow, SignalState, transaction
from models.base import db
from models.clock import MovableClock
from models.errors import ConflictError
from models.ids import uuid7
from state_machines.actions import reconcile
from state_machines.durable import inbox, sweep
from tests.support.sandbox import eventually
from tests.support.shop import Shop
from tests.support.stripe import Event, Stripe, an_event, deliver

CREATE, CANCEL = "payments.create_intent", "payments.cancel_intent"


def fail_for_good(*events: Event) -> None:
    """Receive events whose handler fails, until nothing of them is left but their rows."""
    assert events
    keys = [event["id"] for event in events]
    with transaction() as session:
        inbox.store("stripe", [(event["id"], event["type"], event) for event in events])
        rows = db.update(SignalRow).where(SignalRow.external_id.in_(keys))
        session.execute(rows.values(state=SignalState.FAILED, payload=None))


def run_reconciliation(till: Shop) -> None:
    with transaction():
        reconcile.start(uuid7())
    till.work()
    while inbox.apply_stored(100):
        till.work()


def test_a_late_success_is_refunded(till: Shop, bank: Stripe, time: MovableClock) -> None:
    payment_id = till.initiated()
    bank.confirm(till.payment(payment_id), "pm_sandbox_succeedsAfterCancel")
    time.advance(seconds=settings.payment_timeout + 1)
    till.sweep()
    till.run(CANCEL)
    assert till.states(payment_id) == ("Failure", "Failed")
    payment = till.payment(payment_id)
    assert eventually(lambda: bank.events(payment, "payment_intent.succeeded"))
    fail_for_good(*bank.events(payment, "payment_intent.succeeded"))
    run_reconciliation(till)
    assert till.states(payment_id) == ("Success", "Failed")
    assert bank.entry(payment)["captured"] == 5900
    assert bank.refunded(payment) == [5900]
    assert till.refunds(payment_id) == [(5900, "Succeeded")]


def test_a_refund_that_failed_after_its_success_has_a_notice(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed("pm_card_refundFail")
    till.cancel(payment_id)
    till.run("refunds.submit")
    assert till.refunds(payment_id) == [(5900, "Succeeded")]
    payment = till.payment(payment_id)
    assert eventually(lambda: bank.events(payment, "refund.failed"))
    fail_for_good(*bank.events(payment, "refund.failed", "refund.updated", "charge.refund.updated"))
    run_reconciliation(till)
    assert till.refunds(payment_id) == [(5900, "Failed")]
    assert till.notices(payment_id) == [NoticeKind.REFUND_FAILED]


def test_a_disputed_order_is_not_shipped(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed("pm_card_createDispute")
    payment = till.payment(payment_id)
    assert eventually(lambda: bank.events(payment, "charge.dispute.created"))
    fail_for_good(*bank.events(payment, "charge.dispute.created"))
    run_reconciliation(till)
    assert till.notices(payment_id) == [NoticeKind.DISPUTE]
    with pytest.raises(ConflictError):
        till.ship(payment_id)


@pytest.mark.parametrize("delivered", [True, False])
def test_an_intent_that_was_canceled_before_its_creation_was_answered(
    till: Shop, bank: Stripe, time: MovableClock, *, delivered: bool
) -> None:
    payment_id = _created_unheard(till, bank)
    intent_id = str(bank.entry(till.payment(payment_id))["paymentIntent"])
    # It sets the intent's id, and moves nothing.
    metadata = {"orderId": str(till.payment(payment_id).order_id)}
    about = {"payment_intent": intent_id, "metadata": metadata, "amount_refunded": 0}
    deliver(an_event("charge.refunded", "charge", **about))
    assert till.payment(payment_id).intent_id == intent_id
    bank.post(f"payment_intents/{intent_id}/cancel")
    if delivered:
        deliver(*bank.events_of(intent_id, "payment_intent.canceled"))
    time.advance(seconds=10)
    till.sweep()
    assert till.states(payment_id)[0] == ("Cancelled" if delivered else "Initiated")
    time.advance(seconds=300)
    sweep.schedule_polls()
    till.sweep()
    assert till.states(payment_id) == ("Cancelled", "Cancelled")
    assert bank.entry(till.payment(payment_id))["creates"] == 1


def _created_unheard(till: Shop, bank: Stripe) -> UUID:
    """Place an order whose intent is created by a call that is never answered."""
    payment_id = till.place()
    bank.faults(stripe={"timeoutRate": 1})
    till.run(CREATE)
    bank.faults()
    return payment_id
