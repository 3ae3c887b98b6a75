"""Intents whose creation Stripe carried out without our hearing of it."""

from uuid import UUID

import pytest

from models import ActivityState
from models.clock import MovableClock
from tests.support.shop import Shop
from tests.support.stripe import Stripe, deliver

SUCCEEDED = "payment_intent.succeeded"
VISA = {"payment_method": "pm_card_visa"}
CREATE = "payments.create_intent"


def unheard(till: Shop, bank: Stripe) -> UUID:
    """Return a payment whose intent exists at the bank, although its answer was lost."""
    payment_id = till.place()
    bank.faults(stripe={"timeoutRate": 1})
    till.run(CREATE)
    bank.faults()
    assert till.payment(payment_id).intent_id is None
    return payment_id


def test_a_webhook_before_the_commit_of_the_answer_finds_its_payment(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id = unheard(till, bank)
    entry = bank.entry(till.payment(payment_id))
    bank.post(f"payment_intents/{entry['paymentIntent']}/confirm", **VISA)
    deliver(*bank.events_of(entry["paymentIntent"], SUCCEEDED))
    assert till.states(payment_id) == ("Success", "Confirmed")
    time.advance(seconds=10)
    till.sweep()
    assert till.activity(CREATE).state == ActivityState.DONE
    assert till.states(payment_id) == ("Success", "Confirmed")
    assert bank.entry(till.payment(payment_id))["creates"] == 1


def test_a_call_that_timed_out_but_succeeded_creates_one_intent(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id = unheard(till, bank)
    assert till.activity(CREATE).unknown_outcomes == 1
    time.advance(seconds=10)
    till.sweep()
    assert till.states(payment_id) == ("Initiated", "Pending")
    entry = bank.entry(till.payment(payment_id))
    assert (entry["creates"], entry["paymentIntent"]) == (1, till.payment(payment_id).intent_id)


@pytest.mark.parametrize("paid", [False, True])
def test_an_intent_of_a_given_up_key_is_found_by_its_order(
    till: Shop, bank: Stripe, time: MovableClock, *, paid: bool
) -> None:
    payment_id = unheard(till, bank)
    # An outage: even what Stripe has stored under the key is not told.
    bank.faults(stripe={"rateLimitRate": 1})
    for _ in range(9):
        time.advance(seconds=11)
        till.sweep()
    assert till.activity(CREATE).state == ActivityState.FAILED
    assert till.states(payment_id) == ("Expiring", "Pending"), "nobody can say that there is none"
    bank.faults()
    entry = bank.entry(till.payment(payment_id))
    if paid:
        bank.post(f"payment_intents/{entry['paymentIntent']}/confirm", **VISA)
    time.advance(seconds=20)
    till.sweep()
    end = ("Success", "Confirmed") if paid else ("Failure", "Failed")
    assert till.states(payment_id) == end, "found by the order's name"
    entry = bank.entry(till.payment(payment_id))
    assert (entry["creates"], entry["status"]) == (1, "succeeded" if paid else "canceled")
