"""Letters outlast what is away, and wait for nothing but SendGrid."""

import pytest

from models import ActivityState, Payment, transaction
from models.clock import MovableClock
from tests.integration.races.shop import Shop
from tests.integration.races.stripe import Stripe

RECEIPT = "emails.order_confirmed"


@pytest.mark.parametrize("trouble", [{"errorRate": 1}, {"timeoutRate": 1}, {}])
def test_a_receipt_does_not_wait_for_the_card(
    till: Shop, bank: Stripe, trouble: dict[str, float]
) -> None:
    payment_id = till.confirmed()
    bank.faults(stripe=trouble)
    if not trouble:
        with transaction() as session:
            session.get_one(Payment, payment_id).intent_id = "pi_that_stripe_does_not_know"
    till.run(RECEIPT)
    sent = till.activity(RECEIPT)
    assert (sent.state, sent.unanswered) == (ActivityState.DONE, 0), "no doubt about the letter"
    assert len(till.letters(payment_id)) == 1
    assert till.payment(payment_id).last4 is None


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
