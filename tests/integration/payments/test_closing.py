"""Cancelling and expiring: nothing ends before Stripe has said that nobody can pay any more."""

from models import ActivityState
from models.clock import MovableClock
from state_machines.durable import sweep
from state_machines.durable.journal import LEASE
from state_machines.durable.sweep import STEP
from state_machines.payment import PaymentSignal
from tests.integration.payments.conftest import Bank, Till

CANCEL = "payments.cancel_intent"
CREATE = "payments.create_intent"


def test_cancelling_asks_stripe_and_its_answer_ends_the_order(till: Till, bank: Bank) -> None:
    payment_id = till.initiated()
    till.send(payment_id, PaymentSignal.CANCEL)
    assert till.states(payment_id) == ("Cancelling", "Pending")
    till.run(CANCEL)
    assert till.states(payment_id) == ("Cancelled", "Cancelled")
    assert bank.confirm(till.payment(payment_id))["error"], "nobody can pay any more"


def test_paid_while_cancelling_is_taken_in(till: Till, bank: Bank) -> None:
    payment_id = till.initiated()
    till.send(payment_id, PaymentSignal.CANCEL)
    assert bank.confirm(till.payment(payment_id))["status"] == "succeeded"
    till.run(CANCEL)
    assert till.states(payment_id) == ("Success", "Cancelled")
    assert till.payment(payment_id).captured == till.payment(payment_id).amount


def test_paid_at_the_last_moment_confirms_the_order_although_the_webhook_got_lost(
    till: Till, bank: Bank, time: MovableClock
) -> None:
    payment_id = till.initiated()
    assert bank.confirm(till.payment(payment_id))["status"] == "succeeded"
    time.advance(seconds=900)
    till.sweep()
    till.run(CANCEL)
    assert till.states(payment_id) == ("Success", "Confirmed")
    assert till.payment(payment_id).last4 == "4242"


def test_never_paid_fails_at_the_deadline_once_stripe_has_closed_it(
    till: Till, bank: Bank, time: MovableClock
) -> None:
    payment_id = till.initiated()
    time.advance(seconds=899)
    till.sweep()
    assert till.states(payment_id) == ("Initiated", "Pending")
    time.advance(seconds=1)
    sweep.fire_deadlines()
    assert till.states(payment_id) == ("Expiring", "Pending")
    till.sweep()
    assert till.states(payment_id) == ("Failure", "Failed")
    assert till.signals(payment_id) == ["start", "initiated", "expire", "canceled"]


def test_cancelled_before_the_intent_was_asked_for_creates_none(till: Till, bank: Bank) -> None:
    payment_id = till.place()
    till.send(payment_id, PaymentSignal.CANCEL)
    till.run(CREATE)
    till.run(CANCEL)
    assert till.states(payment_id) == ("Cancelled", "Cancelled")
    assert till.signals(payment_id)[-1] == "rejected"
    assert bank.ledger(till.payment(payment_id)) == []


def test_cancelled_while_the_intent_is_being_created_waits_for_it(
    till: Till, bank: Bank, time: MovableClock
) -> None:
    payment_id = till.place()
    till.claim(CREATE)  # its worker dies with the answer in hand
    till.send(payment_id, PaymentSignal.CANCEL)
    till.run(CANCEL)
    waiting = till.activity(CANCEL)
    assert (waiting.state, waiting.attempts) == (ActivityState.WAITING, 0)

    time.advance(seconds=LEASE.total_seconds())
    till.sweep()
    time.advance(seconds=1)
    till.sweep()
    assert till.states(payment_id) == ("Cancelled", "Cancelled")
    (entry,) = bank.ledger(till.payment(payment_id))
    assert (entry["creates"], entry["status"]) == (1, "canceled")


def test_whatever_was_lost_asking_again_settles_it(
    till: Till, bank: Bank, time: MovableClock
) -> None:
    payment_id = till.initiated()
    till.send(payment_id, PaymentSignal.CANCEL)
    bank.faults(stripe={"errorRate": 1})
    till.run(CANCEL)
    for _ in range(9):
        time.advance(seconds=11)
        till.sweep()
    assert ActivityState.FAILED in till.activity_states(CANCEL)
    assert till.states(payment_id) == ("Cancelling", "Pending"), "Stripe has not said so"

    bank.faults()
    time.advance(seconds=60)
    till.sweep()
    till.run(CANCEL)
    assert till.states(payment_id) == ("Cancelled", "Cancelled")


def test_what_many_deadlines_ask_for_falls_due_at_a_pace(
    till: Till, bank: Bank, time: MovableClock
) -> None:
    payment_ids = [till.initiated() for _ in range(5)]
    time.at = max(till.payment(each).deadline_at or time.at for each in payment_ids)
    assert sweep.fire_deadlines() == 5
    at_once = sweep.due_activities()
    assert [name for name, _ in at_once] == [CANCEL], "the first has no need to wait"

    first, *_, last = sorted(till.payment(each).deadline_at or time.at for each in payment_ids)
    assert last - first == 4 * STEP, "what is asked later is waited for longer"
    time.at += 4 * STEP
    assert len(sweep.due_activities()) == 4


def test_what_waits_for_its_turn_is_not_asked_for_twice(
    till: Till, bank: Bank, time: MovableClock
) -> None:
    payment_id = till.initiated()
    time.advance(seconds=900)
    sweep.fire_deadlines()
    time.advance(seconds=60)
    assert sweep.fire_deadlines() == 1
    assert till.signals(payment_id)[-1] == "ask_again"
    assert till.activity_states(CANCEL) == [ActivityState.WAITING], "one is enough"
