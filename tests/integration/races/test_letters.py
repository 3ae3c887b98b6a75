"""Letters outlast what is away, and wait for nothing but SendGrid."""

from models import ActivityState
from models.clock import MovableClock
from tests.integration.races.shop import Shop
from tests.integration.races.stripe import Stripe

RECEIPT = "emails.order_confirmed"


def test_a_receipt_needs_nothing_of_stripe(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    assert till.payment(payment_id).last4 == "4242", "the answer that confirmed it has the card"
    bank.faults(stripe={"errorRate": 1})
    till.run(RECEIPT)
    sent = till.activity(RECEIPT)
    assert (sent.state, sent.unanswered) == (ActivityState.DONE, 0)
    assert len(till.letters(payment_id)) == 1


def test_order_letters_outlast_hours_without_sendgrid(
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
    assert len(till.letters(payment_id)) == 1
