"""Events of payments that are late, repeated, out of order or malformed."""

from functools import partial
from itertools import permutations
from uuid import UUID

import pytest

from models import NoticeKind, OrderState, SignalState
from models.clock import MovableClock
from state_machines.durable import sweep
from state_machines.providers.stripe.payment_window import BANK_WINDOW
from tests.support.sandbox import eventually
from tests.support.shop import Shop
from tests.support.stripe import Event, Stripe, an_intent_event, deliver
from tests.support.threads import AtOnce

SUCCEEDED = "payment_intent.succeeded"
DEAF = "pm_sandbox_succeedsAfterCancel"  # a bank that does not hear of cancellations
CANCEL = "payments.cancel_intent"


def paid_in_the_end(bank: Stripe, till: Shop, payment_id: UUID) -> list[Event]:
    """Return the event of a bank that was paid in spite of the cancellation."""
    payment = till.payment(payment_id)
    events = eventually(lambda: bank.events(payment, SUCCEEDED))
    assert events, "the bank pays in the end"
    return events


def test_a_success_after_the_timeout_is_refunded(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id = till.initiated()
    bank.confirm(till.payment(payment_id), DEAF)
    time.advance(seconds=900)
    till.sweep()
    till.run(CANCEL)
    assert till.states(payment_id) == ("Failure", "Failed")
    assert till.shelf(payment_id) == (100, 0)
    (late,) = paid_in_the_end(bank, till, payment_id)
    deliver(late, late, {**late, "id": f"{late['id']}_again"})
    assert till.states(payment_id) == ("Success", "Failed")
    till.work()
    assert till.refunds(payment_id) == [(5900, "Succeeded")]
    assert bank.refunded(till.payment(payment_id)) == [5900], "once"
    failed, explained = till.emails_of(payment_id)
    assert "not paid in time" in failed["text"]
    assert explained["categories"] == ["payment_late_refunded"]
    assert "after the order had been closed" in explained["text"]
    assert "$59.00" in explained["text"]


def test_a_success_at_the_timeout_confirms_the_order(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id = till.initiated()
    bank.confirm(till.payment(payment_id))
    time.advance(seconds=900)
    sweep.fire_deadlines()
    assert till.states(payment_id) == ("Expiring", "Pending")
    till.sweep()
    assert till.states(payment_id) == ("Success", "Confirmed")
    assert till.refunds(payment_id) == []


def test_a_success_after_the_cancellation_is_refunded(till: Shop, bank: Stripe) -> None:
    payment_id = till.initiated()
    bank.confirm(till.payment(payment_id), DEAF)
    till.cancel(payment_id)
    till.run(CANCEL)
    assert till.states(payment_id) == ("Cancelled", "Cancelled")
    (late,) = paid_in_the_end(bank, till, payment_id)
    deliver(late, {**late, "id": f"{late['id']}_again"})
    till.work()
    assert till.states(payment_id) == ("Success", "Cancelled")
    assert bank.refunded(till.payment(payment_id)) == [5900]
    assert till.emails_of(payment_id)[-1]["categories"] == ["payment_late_refunded"]


def test_a_duplicate_event_confirms_the_order_once(
    till: Shop, bank: Stripe, at_once: AtOnce
) -> None:
    payment_id = till.initiated()
    bank.confirm(till.payment(payment_id))
    (event,) = bank.events(till.payment(payment_id), SUCCEEDED)
    same = [partial(deliver, event)] * 10
    renamed = [partial(deliver, {**event, "id": f"{event['id']}_{n}"}) for n in range(6)]
    answers = [state for states in at_once(same + renamed) for state in states]
    assert answers.count(None) == 9, "the same event is kept once"
    assert answers.count(SignalState.APPLIED) == 7
    assert till.states(payment_id) == ("Success", "Confirmed")
    assert till.order_signals(payment_id) == ["place", "paid"]
    assert till.asked_for("emails.order_confirmed") == 1
    assert till.shelf(payment_id) == (99, 0)
    assert till.payment(payment_id).captured == 5900


@pytest.mark.parametrize(
    "order", list(permutations(("processing", "payment_failed", "succeeded"))), ids="-".join
)
def test_events_may_arrive_in_any_order(till: Shop, bank: Stripe, order: tuple[str, ...]) -> None:
    payment_id = till.initiated()
    payment = till.payment(payment_id)
    bank.confirm(payment)
    deliver(*(an_intent_event(kind, payment) for kind in order))
    assert till.states(payment_id) == ("Success", "Confirmed")
    assert till.payment(payment_id).captured == 5900


def test_a_success_after_a_decline_confirms_the_order(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id = till.initiated()
    deadline = till.payment(payment_id).deadline_at
    payment = till.payment(payment_id)
    time.advance(seconds=600)
    bank.confirm(payment, "pm_card_chargeDeclinedInsufficientFunds")
    deliver(*bank.events(payment, "payment_intent.payment_failed"))
    declined = till.payment(payment_id)
    assert (declined.state.value, declined.decline_reason) == ("Declined", "insufficient_funds")
    assert declined.deadline_at == deadline, "a decline winds up no clock"
    bank.confirm(payment)
    deliver(*bank.events(payment, SUCCEEDED))
    assert till.states(payment_id) == ("Success", "Confirmed")


def test_a_payment_that_is_processing_at_the_deadline_gets_more_time(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id = till.initiated()
    bank.confirm(till.payment(payment_id), "pm_usBankAccount_processing")
    time.advance(seconds=900)
    till.sweep()
    till.run(CANCEL)
    payment = till.payment(payment_id)
    assert till.states(payment_id) == ("Initiated", "Pending")
    assert payment.at_bank
    assert payment.deadline_at is not None
    assert payment.deadline_at - time() == BANK_WINDOW, "as long as a bank may take"
    assert till.shelf(payment_id) == (100, 1), "the goods stay reserved"
    assert till.notices(payment_id) == [NoticeKind.SLOW_PAYMENT]
    time.advance(days=15)
    till.sweep()
    till.run(CANCEL)
    assert till.notices(payment_id) == [NoticeKind.SLOW_PAYMENT], "one is enough"
    till.hear(payment_id)
    assert till.states(payment_id) == ("Success", "Confirmed")
    assert till.notices(payment_id) == []


@pytest.mark.parametrize("came", [{"amount": 5000}, {"amount": 6000}, {"currency": "eur"}], ids=str)
@pytest.mark.parametrize(
    ("decision", "end", "refunded"), [("accept", "Confirmed", False), ("cancel", "Cancelled", True)]
)
def test_a_payment_of_another_amount_waits_for_a_decision(
    till: Shop, bank: Stripe, came: dict[str, object], decision: str, end: str, *, refunded: bool
) -> None:
    payment_id = till.initiated()
    payment = till.payment(payment_id)
    bank.post(f"payment_intents/{payment.intent_id}", **came)
    bank.confirm(payment)
    deliver(*bank.events(payment, SUCCEEDED))
    assert till.states(payment_id) == ("Success", "Pending"), "a person decides"
    assert till.notices(payment_id) == [NoticeKind.MISPAID]
    assert till.shelf(payment_id) == (100, 1)
    if decision == "accept":
        till.accept(payment_id)
    else:
        till.cancel(payment_id)
    till.work()
    captured = came.get("amount", 5900)
    assert till.states(payment_id) == ("Success", end)
    assert till.notices(payment_id) == []
    assert till.refunds(payment_id) == ([(captured, "Succeeded")] if refunded else [])
    assert till.shelf(payment_id) == ((100, 0) if refunded else (99, 0))
    assert bank.entry(payment)["refunded"] == (captured if refunded else 0)


def test_a_late_payment_of_another_amount_is_refunded(till: Shop, bank: Stripe) -> None:
    payment_id = till.initiated()
    till.cancel(payment_id)
    till.run(CANCEL)
    till.hear(payment_id, amount_received=700)
    assert till.order(payment_id).state == OrderState.CANCELLED
    assert till.refunds(payment_id) == [(700, "Requested")]
