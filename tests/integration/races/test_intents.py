"""Tests of intents that Stripe created although its answer was lost."""

from uuid import UUID

import pytest

from models import ActivityState
from models.clock import MovableClock
from state_machines.durable import executor, sweep
from state_machines.payment import PaymentSignal
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


def with_forgotten_key(till: Shop, bank: Stripe, time: MovableClock) -> tuple[UUID, str]:
    """Return a payment and the id of its intent, whose idempotency key Stripe has forgotten.

    The worker that made the call has died, and none has run for more than a day.
    """
    payment_id = till.place()
    till.claim(CREATE)
    order_id = till.order(payment_id).id
    # Created without a key: a later call with the activity's key does not find it.
    form = {"amount": 5900, "currency": "usd", "metadata[orderId]": order_id}
    intent_id = str(bank.post("payment_intents", **form)["id"])
    time.advance(hours=25)
    return payment_id, intent_id


def call_due_activities() -> None:
    """Run what is due, before any deadline fires."""
    for name, activity_id in sweep.due_activities():
        executor.run(name, [activity_id])


def test_an_attempt_after_a_day_takes_the_intent_whose_key_stripe_has_forgotten(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id, intent_id = with_forgotten_key(till, bank, time)
    call_due_activities()
    payment = till.payment(payment_id)
    assert till.states(payment_id) == ("Initiated", "Pending")
    assert bank.entry(payment)["paymentIntent"] == payment.intent_id == intent_id
    assert (payment.client_secret or "").startswith(f"{intent_id}_secret_"), "it can be paid"


def test_a_cancellation_after_a_day_cancels_the_intent_whose_key_stripe_has_forgotten(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id, intent_id = with_forgotten_key(till, bank, time)
    till.send(payment_id, PaymentSignal.CANCEL)
    call_due_activities()
    till.run("payments.cancel_intent")
    assert till.states(payment_id) == ("Cancelled", "Cancelled")
    entry = bank.entry(till.payment(payment_id))
    assert (entry["paymentIntent"], entry["status"]) == (intent_id, "canceled")


def test_an_attempt_after_a_day_creates_an_intent_that_stripe_never_had(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id = till.place()
    till.claim(CREATE)
    time.advance(hours=25)
    call_due_activities()
    assert till.states(payment_id) == ("Initiated", "Pending")
    assert bank.entry(till.payment(payment_id))["creates"] == 1
