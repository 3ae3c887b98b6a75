"""Cancelling and expiring: nothing ends before Stripe has said that nobody can pay any more."""

from datetime import timedelta

from models import ActivityState, PauseKind, transaction
from models.clock import MovableClock
from models.durable.activity import PUBLISHER_LEASE
from state_machines.durable import sweep
from state_machines.durable.operations import pauses
from state_machines.payment import PaymentSignal
from state_machines.providers.stripe.payment_window import BANK_WINDOW
from tasks.payments import PAUSED_SNOOZE
from tests.support.bank import Bank
from tests.support.till import Till

CANCEL = "payments.cancel_intent"
CREATE = "payments.create_intent"
SLOW_BANK = "pm_usBankAccount_processing"


def test_an_order_is_cancelled_when_stripe_has_canceled_the_intent(till: Till, bank: Bank) -> None:
    payment_id = till.initiated()
    till.send(payment_id, PaymentSignal.CANCEL)
    assert till.states(payment_id) == ("Cancelling", "Pending")
    till.run(CANCEL)
    assert till.states(payment_id) == ("Cancelled", "Cancelled")
    assert bank.confirm(till.payment(payment_id))["error"], "nobody can pay any more"


def test_a_payment_during_the_cancellation_is_recorded(till: Till, bank: Bank) -> None:
    payment_id = till.initiated()
    till.send(payment_id, PaymentSignal.CANCEL)
    assert bank.confirm(till.payment(payment_id))["status"] == "succeeded"
    till.run(CANCEL)
    assert till.states(payment_id) == ("Success", "Cancelled")
    assert till.payment(payment_id).captured == till.payment(payment_id).amount


def test_a_payment_at_the_deadline_confirms_the_order_without_its_webhook(
    till: Till, bank: Bank, time: MovableClock
) -> None:
    payment_id = till.initiated()
    assert bank.confirm(till.payment(payment_id))["status"] == "succeeded"
    time.advance(seconds=900)
    till.sweep()
    till.run(CANCEL)
    assert till.states(payment_id) == ("Success", "Confirmed")
    assert till.payment(payment_id).last4 == "4242"


def test_an_unpaid_order_fails_at_the_deadline_once_stripe_has_canceled_the_intent(
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


def test_a_cancellation_before_the_call_creates_no_intent(till: Till, bank: Bank) -> None:
    payment_id = till.place()
    till.send(payment_id, PaymentSignal.CANCEL)
    till.run(CREATE)
    till.run(CANCEL)
    assert till.states(payment_id) == ("Cancelled", "Cancelled")
    assert till.signals(payment_id)[-1] == "rejected"
    assert bank.ledger(till.payment(payment_id)) == []


def test_a_cancellation_waits_longer_while_the_creation_is_paused(
    till: Till, bank: Bank, time: MovableClock
) -> None:
    payment_id = till.place()
    with transaction():
        pauses.pause(PauseKind.ACTIVITY, CREATE, reason="an incident", actor="ann")
    till.send(payment_id, PaymentSignal.CANCEL)
    till.run(CANCEL)
    assert till.activity(CANCEL).due_at == time() + PAUSED_SNOOZE
    with transaction():
        pauses.resume(PauseKind.ACTIVITY, CREATE)
    till.run(CREATE)
    time.advance(seconds=PAUSED_SNOOZE.total_seconds())
    till.sweep()
    assert till.states(payment_id) == ("Cancelled", "Cancelled")
    assert bank.ledger(till.payment(payment_id)) == []


def test_a_cancellation_during_the_creation_waits_for_the_intent(
    till: Till, bank: Bank, time: MovableClock
) -> None:
    payment_id = till.place()
    till.claim(CREATE)  # its worker dies with the answer in hand
    till.send(payment_id, PaymentSignal.CANCEL)
    till.run(CANCEL)
    waiting = till.activity(CANCEL)
    assert (waiting.state, waiting.attempts) == (ActivityState.WAITING, 0)

    time.advance(seconds=PUBLISHER_LEASE.total_seconds())
    till.sweep()
    time.advance(seconds=1)
    till.sweep()
    assert till.states(payment_id) == ("Cancelled", "Cancelled")
    (entry,) = bank.ledger(till.payment(payment_id))
    assert (entry["creates"], entry["status"]) == (1, "canceled")


def test_repeating_the_cancellation_settles_whatever_was_lost(
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
    time.advance(seconds=120)
    till.sweep()
    till.run(CANCEL)
    assert till.states(payment_id) == ("Cancelled", "Cancelled")


def test_a_processing_bank_is_polled_at_growing_intervals_without_history(
    till: Till, bank: Bank, time: MovableClock
) -> None:
    payment_id = till.initiated()
    assert bank.confirm(till.payment(payment_id), SLOW_BANK)["status"] == "processing"
    till.send(payment_id, PaymentSignal.CANCEL)
    till.run(CANCEL)
    before, intervals = till.signals(payment_id), []
    for _ in range(12):
        deadline_at = till.payment(payment_id).deadline_at
        assert deadline_at is not None
        intervals.append(deadline_at - time())
        time.at = deadline_at
        till.sweep()
    assert intervals[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert intervals == sorted(intervals)
    assert intervals[-1] == timedelta(hours=6)
    assert till.signals(payment_id) == before, "an answer that changes nothing is not written down"
    assert till.states(payment_id) == ("Cancelling", "Pending")
    assert len(till.activity_states(CANCEL)) == 13, "Stripe was asked each time"


def test_a_processing_bank_gets_a_longer_window_each_time(
    till: Till, bank: Bank, time: MovableClock
) -> None:
    payment_id = till.initiated()
    assert bank.confirm(till.payment(payment_id), SLOW_BANK)["status"] == "processing"
    windows = []
    for _ in range(8):
        deadline_at = till.payment(payment_id).deadline_at
        assert deadline_at is not None
        windows.append(deadline_at - time())
        time.at = deadline_at
        till.sweep()
        assert till.states(payment_id) == ("Initiated", "Pending")
    assert windows == sorted(windows)
    assert windows[-1] == BANK_WINDOW


def test_a_queued_cancellation_is_not_scheduled_twice(
    till: Till, bank: Bank, time: MovableClock
) -> None:
    payment_id = till.initiated()
    time.advance(seconds=900)
    sweep.fire_deadlines()
    closing = till.payment(payment_id).deadline_at
    assert closing == time() + timedelta(minutes=1), "nothing is moved ahead"
    time.advance(seconds=60)
    assert sweep.fire_deadlines() == 1
    assert till.signals(payment_id)[-1] == "expire"
    assert till.activity_states(CANCEL) == [ActivityState.QUEUED], "one is enough"
