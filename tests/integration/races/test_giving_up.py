"""Tests of `give_up` that fails at first: the operators' notices are opened when it is repeated."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select, text

from models import ActivityState, Notice, NoticeKind, RefundState, transaction
from models.clock import MovableClock
from models.ids import uuid7
from models.notice import open_notice
from state_machines.actions import reconcile
from state_machines.durable.unit_of_work import schedule
from state_machines.providers.stripe import unmatched
from state_machines.reconciliation import ReconciliationMachine
from state_machines.refund import RefundMachine, RefundSignal
from tests.support.shop import Shop
from tests.support.stripe import Stripe

CREATE, CANCEL = "payments.create_intent", "payments.cancel_intent"
SUBMIT, GIVE_BACK = "refunds.submit", "reconciliation.give_back"
Run = Callable[[Shop, MovableClock, str], None]


@contextmanager
def no_notices() -> Iterator[None]:
    """Take the table of notices away for a while, so that opening one fails."""
    rename("notice", "notice_away")
    try:
        yield
    finally:
        rename("notice_away", "notice")


def rename(name: str, other: str) -> None:
    with transaction() as session:
        session.execute(text(f"ALTER TABLE {name} RENAME TO {other}"))


def run_giving_up(till: Shop, _time: MovableClock, name: str) -> None:
    till.run(name)


def run_giving_up_twice(till: Shop, time: MovableClock, name: str) -> None:
    with no_notices():
        till.run(name)
    first = till.activity(name)
    assert (first.state, first.giving_up is None) == (ActivityState.WAITING, False)
    time.at = first.due_at
    till.sweep()
    assert till.activity(name).state == ActivityState.FAILED


def test_an_unknown_intent_has_a_notice(till: Shop, bank: Stripe, time: MovableClock) -> None:
    payment_id = till.initiated()
    with till.locked(payment_id) as payment:
        payment.intent_id = "pi_of_other_keys"
    till.cancel(payment_id)
    run_giving_up_twice(till, time, CANCEL)
    assert till.notices(payment_id) == [NoticeKind.UNKNOWN_INTENT]


@pytest.mark.parametrize("run", [run_giving_up, run_giving_up_twice])
def test_an_unknown_refund_has_a_notice(
    till: Shop, bank: Stripe, time: MovableClock, run: Run
) -> None:
    payment_id = till.confirmed()
    till.refund(payment_id, 900)
    (row,) = till.refund_rows(payment_id)
    with transaction():
        refund = RefundMachine.lock([row.id])[row.id]
        RefundMachine.send(refund, RefundSignal.SUBMITTED)
        refund.stripe_id = "re_of_other_keys"
    run(till, time, SUBMIT)
    assert till.refunds(payment_id) == [(900, RefundState.SUBMITTED)]
    assert till.notices(payment_id) == [NoticeKind.REFUND_FAILED]
    (sentence,) = till.sentences(payment_id)
    assert "re_of_other_keys" in sentence
    assert "$9.00" in sentence


def test_money_that_stripe_does_not_give_back_has_a_notice(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    row_id = uuid7()
    with transaction():
        reconcile.start(row_id)
        schedule(GIVE_BACK, ReconciliationMachine.name, row_id, intent="pi_of_other_keys")
    run_giving_up_twice(till, time, GIVE_BACK)
    with transaction() as session:
        (notice,) = session.scalars(select(Notice)).all()
        assert notice.kind == NoticeKind.UNMATCHED_PAYMENT
        assert "pi_of_other_keys could not be given back" in notice.text


def test_money_that_was_given_back_before_is_not_reported_as_kept(till: Shop, bank: Stripe) -> None:
    """A second request has another key, as one has to Stripe that forgot the first after a day."""
    payment = till.payment(till.confirmed())
    kind, intent_id = NoticeKind.UNMATCHED_PAYMENT, payment.intent_id
    with transaction():
        open_notice(None, kind, "a lost order's", subject=intent_id)
        reconcile.start(uuid7())
        unmatched.request_return(intent_id or "")
    bank.faults(stripe={"timeoutRate": 1})
    till.run(GIVE_BACK)
    bank.faults()
    assert till.activity(GIVE_BACK).unknown_outcomes == 1
    assert bank.refunded(payment) == [5900]
    with transaction():
        reconcile.start(uuid7())
        unmatched.request_return(intent_id or "")
    till.run(GIVE_BACK)
    assert till.activity(GIVE_BACK).state == ActivityState.DONE
    assert bank.refunded(payment) == [5900]
    with transaction() as session:
        (notice,) = session.scalars(select(Notice)).all()
        assert (notice.text, notice.settled_at is None) == ("a lost order's", False)


def test_stripe_repeats_a_lost_response_instead_of_refusing(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    """A refusal after an attempt without an answer is definite: the same key repeats a success."""
    payment_id = till.initiated()
    bank.confirm(till.payment(payment_id), "pm_card_visa")
    till.hear(payment_id)
    till.refund(payment_id, 5900)
    bank.faults(stripe={"timeoutRate": 1})
    till.run(SUBMIT)
    assert till.activity(SUBMIT).unknown_outcomes == 1
    bank.faults()
    # A second refund would be refused: nothing is left to refund.
    time.at = till.activity(SUBMIT).due_at
    till.sweep()
    assert till.activity(SUBMIT).state == ActivityState.DONE
    assert till.refunds(payment_id) == [(5900, RefundState.SUCCEEDED)]
    assert bank.refunded(till.payment(payment_id)) == [5900]
