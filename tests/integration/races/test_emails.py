"""Emails survive outages, and wait for nothing but SendGrid."""

from models import ActivityState
from models.clock import MovableClock
from state_machines.actions.ship_order import deliver
from tests.support.shop import Shop
from tests.support.stripe import Stripe

RECEIPT = "emails.order_confirmed"


def test_a_receipt_needs_no_call_to_stripe(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    assert till.payment(payment_id).last4 == "4242", "the answer that confirmed it has the card"
    bank.faults(stripe={"errorRate": 1})
    till.run(RECEIPT)
    sent = till.activity(RECEIPT)
    assert (sent.state, sent.unknown_outcomes) == (ActivityState.DONE, 0)
    assert len(till.emails_of(payment_id)) == 1


def test_order_emails_are_sent_after_hours_without_sendgrid(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id = till.confirmed()
    bank.faults(sendgrid={"errorRate": 1})
    till.run(RECEIPT)
    for _ in range(20):
        time.advance(minutes=11)
        till.sweep()
    waiting = till.activity(RECEIPT)
    assert (waiting.state, waiting.attempts) == (ActivityState.WAITING, 21)
    bank.faults()
    time.advance(minutes=11)
    till.sweep()
    assert till.activity(RECEIPT).state == ActivityState.DONE
    assert len(till.emails_of(payment_id)) == 1


def test_an_email_is_sent_only_while_its_content_is_true(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id = till.confirmed()
    bank.faults(sendgrid={"errorRate": 1})
    till.run(RECEIPT)
    bank.faults()
    till.cancel(payment_id)
    till.work()
    time.advance(minutes=11)
    till.sweep()
    assert till.activity(RECEIPT).state == ActivityState.DONE, "nothing is left to say"
    categories = [email["categories"] for email in till.emails_of(payment_id)]
    assert ["order_confirmed"] not in categories
    assert sorted(categories) == [["order_cancelled"], ["order_refunded"]]


def test_no_shipment_email_is_sent_after_the_delivery(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    till.run(RECEIPT)
    till.ship(payment_id)
    with till.locked(payment_id) as payment:
        deliver(payment.order)
    till.work()
    categories = [email["categories"] for email in till.emails_of(payment_id)]
    assert categories == [["order_confirmed"], ["order_delivered"]]
