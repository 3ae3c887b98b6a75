"""Creating the intent: once, whatever fails on the way."""

import pytest

from models import ActivityState, Login, LoginState, transaction
from models.clock import MovableClock
from state_machines.actions.login_codes import begin_login
from state_machines.durable import UnknownOutcomeError, executor, sweep
from tasks.gateways import stripe
from tests.support.bank import Bank
from tests.support.till import Till

CREATE = "payments.create_intent"


def test_the_intent_carries_the_order_s_names_and_amount(till: Till, bank: Bank) -> None:
    payment = till.payment(till.initiated())
    (entry,) = bank.ledger(payment)
    assert till.states(payment.id) == ("Initiated", "Pending")
    assert (entry["amount"], entry["referenceId"]) == (payment.amount, payment.order.reference_id)
    assert payment.client_secret
    assert payment.client_secret.startswith(f"{payment.intent_id}_secret_")
    assert till.activity(CREATE).provider_request_id, "so that Stripe's support can be asked"


def test_a_lost_answer_leads_to_the_same_intent(till: Till, bank: Bank, time: MovableClock) -> None:
    payment_id = till.place()
    bank.faults(stripe={"timeoutRate": 1})
    till.run(CREATE)
    assert till.activity(CREATE).state == ActivityState.WAITING
    (lost,) = bank.ledger(till.payment(payment_id))

    bank.faults()
    time.advance(seconds=10)
    till.sweep()
    payment = till.payment(payment_id)
    assert payment.intent_id == lost["paymentIntent"]
    assert [row["creates"] for row in bank.ledger(payment)] == [1]


def test_an_idempotency_error_is_an_unknown_outcome(
    bank: Bank,
) -> None:
    stripe.create_intent(5900, "usd", {}, key="one")
    with pytest.raises(UnknownOutcomeError):
        stripe.create_intent(5901, "usd", {}, key="one")


def test_an_order_fails_when_stripe_is_unavailable_for_all_attempts(
    till: Till, bank: Bank, time: MovableClock
) -> None:
    payment_id = till.place()
    bank.faults(stripe={"errorRate": 1})
    till.run(CREATE)
    for _ in range(9):
        time.advance(seconds=11)
        till.sweep()
    given_up = till.activity(CREATE)
    assert (given_up.state, given_up.attempts) == (ActivityState.FAILED, 10)
    assert till.states(payment_id) == ("Expiring", "Pending"), "nobody can say that there is none"
    bank.faults()
    time.advance(seconds=20)
    till.sweep()
    assert till.states(payment_id) == ("Failure", "Failed")
    assert till.run("emails.order_failed") == 1


def test_a_login_code_is_encrypted_until_it_is_sent_and_then_erased(
    database: object, till: Till, bank: Bank, time: MovableClock
) -> None:
    with transaction():
        login = begin_login("amy@example.com")
    bank.faults(sendgrid={"errorRate": 1})
    till.run("emails.login_code")
    first = till.activity("emails.login_code")
    assert (first.state, first.attempts) == (ActivityState.WAITING, 1)
    code = first.secret
    assert code is not None, "the next try sends the same code"

    bank.faults()
    time.advance(seconds=3)
    for name, activity_id in sweep.due_activities():
        executor.run(name, [activity_id])
    assert till.activity("emails.login_code").secret is None
    with transaction() as session:
        assert session.get_one(Login, login.id).state == LoginState.CODE_SENT
    (email,) = bank.emails_to("amy@example.com")
    assert code in str(email["text"])
