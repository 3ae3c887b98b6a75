"""Tests of refunds: never more than was paid, and never twice, whatever is lost."""

from typing import Any
from uuid import UUID

import pytest

from models import ActivityState, NoticeKind, OrderState, transaction
from models.clock import MovableClock
from models.errors import ConflictError, InvalidInputError
from models.refund import ACTIVE
from state_machines.durable import Activity, sweep
from state_machines.durable.operations import commands
from tasks.gateways.stripe import list_refunds
from tasks.refunds import SubmitRefund
from tests.support.sandbox import eventually
from tests.support.shop import Shop
from tests.support.stripe import Stripe, an_event, deliver
from tests.support.threads import AtOnce

SUBMIT = "refunds.submit"
FAILED = "refund.failed"


def active(till: Shop, payment_id: UUID) -> int:
    return sum(row.amount for row in till.refund_rows(payment_id) if row.state in ACTIVE)


def kinds(answers: list[Any], kind: type[Exception] | None) -> int:
    return sum(isinstance(answer, kind) if kind else answer is None for answer in answers)


@pytest.mark.parametrize(
    ("amount", "accepted", "why", "end"),
    [
        (500, 11, InvalidInputError, OrderState.CONFIRMED),  # 400 are left
        (590, 10, ConflictError, OrderState.CANCELLED),  # nothing is left
        (5900, 1, ConflictError, OrderState.CANCELLED),
    ],
)
def test_concurrent_partial_refunds_do_not_exceed_the_payment(
    till: Shop,
    bank: Stripe,
    at_once: AtOnce,
    amount: int,
    accepted: int,
    why: type[Exception],
    end: OrderState,
) -> None:
    payment_id = till.confirmed()
    answers = at_once([lambda: till.refund(payment_id, amount)] * 20)
    assert (kinds(answers, None), kinds(answers, why)) == (accepted, 20 - accepted)
    assert active(till, payment_id) == accepted * amount <= till.payment(payment_id).captured
    till.work()
    assert bank.refunded(till.payment(payment_id)) == [amount] * accepted
    assert bank.entry(till.payment(payment_id))["refunded"] == accepted * amount
    assert till.order(payment_id).state == end
    assert till.shelf(payment_id) == ((100, 0) if end == OrderState.CANCELLED else (99, 0))


def test_more_refunds_than_a_page_are_all_listed(till: Shop, bank: Stripe) -> None:
    intent_id = till.payment(till.confirmed()).intent_id or ""
    made = [bank.post("refunds", payment_intent=intent_id, amount=1)["id"] for _ in range(101)]
    assert [refund.id for refund in list_refunds(intent_id)] == made[::-1]


def test_a_refund_that_fails_late_has_a_notice(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed("pm_card_refundFail")
    till.cancel(payment_id)
    till.work()
    assert till.refunds(payment_id) == [(5900, "Succeeded")], "as it seems"
    payment = till.payment(payment_id)
    failed = eventually(lambda: bank.events(payment, FAILED))
    deliver(*failed, *bank.events(payment, "refund.updated"))
    assert till.refunds(payment_id) == [(5900, "Failed")]
    assert till.refund_rows(payment_id)[0].failure_reason == "expired_or_canceled_card"
    assert till.notices(payment_id) == [NoticeKind.REFUND_FAILED]
    assert till.states(payment_id) == ("Success", "Cancelled")
    # The operator tries again: the balance is there.
    till.refund(payment_id)
    till.work()
    assert till.refunds(payment_id) == [(5900, "Failed"), (5900, "Succeeded")]
    assert till.notices(payment_id) == [], "the money has gone back after all"


def test_a_cancelled_refund_is_not_retried_but_made_anew(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    till.refund(payment_id, 900)
    key = till.activity(SUBMIT).id
    with transaction():
        commands.cancel(key, operator="ann", reason="the wrong amount")
    refusal = f"refunds.submit {key} has no call to make: its refund is Failed"
    with pytest.raises(commands.OperationRefusedError, match=refusal), transaction():
        commands.retry(key)
    till.refund(payment_id, 800)
    till.work()
    assert till.refunds(payment_id) == [(900, "Failed"), (800, "Succeeded")]
    assert bank.refunded(till.payment(payment_id)) == [800]


def test_an_older_event_of_a_refund_does_not_hide_why_it_failed(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed("pm_card_refundFail")
    till.cancel(payment_id)
    till.work()
    payment = till.payment(payment_id)
    deliver(*eventually(lambda: bank.events(payment, FAILED)) or [])
    (row,) = till.refund_rows(payment_id)
    old: dict[str, Any] = {"id": row.stripe_id, "payment_intent": payment.intent_id, "metadata": {}}
    money = {"amount": 5900, "currency": "usd", "failure_reason": None}
    for status in ("pending", "succeeded"):
        deliver(an_event("refund.updated", "refund", status=status, **old, **money))
    (row,) = till.refund_rows(payment_id)
    assert (row.state.value, row.failure_reason) == ("Failed", "expired_or_canceled_card")


def test_a_refund_that_was_made_twice_is_two_rows(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    till.refund(payment_id, 900)
    till.work()
    payment, (row,) = till.payment(payment_id), till.refund_rows(payment_id)
    twin = bank.post(
        "refunds", payment_intent=payment.intent_id, amount=900, **{"metadata[refundId]": row.id}
    )
    deliver(*bank.events(payment, "refund.created"))
    rows = till.refund_rows(payment_id)
    assert [each.stripe_id for each in rows] == [row.stripe_id, twin["id"]]
    assert till.refunds(payment_id) == [(900, "Succeeded")] * 2


@pytest.mark.parametrize("called", [False, True], ids=["before the call", "after the call"])
def test_a_crash_between_the_refund_row_and_the_call_refunds_once(
    till: Shop, bank: Stripe, time: MovableClock, *, called: bool
) -> None:
    payment_id = till.confirmed()
    till.refund(payment_id, 900)
    (call,) = till.claim(SUBMIT).calls
    if called:
        activity, (row,) = SubmitRefund(), till.refund_rows(payment_id)
        with till.loaded(row, SubmitRefund.loads) as refund:
            request = activity.prepare(refund, call)
        assert request is not None
        activity.perform(request, call)
    assert till.refunds(payment_id) == [(900, "Requested")], "nobody lived to record it"
    time.at += Activity.registry[SUBMIT].lease
    till.sweep()
    assert till.refunds(payment_id) == [(900, "Succeeded")]
    assert bank.refunded(till.payment(payment_id)) == [900], "once"


def test_a_refund_that_timed_out_but_succeeded_is_made_once(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id = till.confirmed()
    till.refund(payment_id, 900)
    bank.faults(stripe={"timeoutRate": 1})
    till.run(SUBMIT)
    bank.faults()
    assert (till.activity(SUBMIT).state, till.activity(SUBMIT).unknown_outcomes) == (
        ActivityState.WAITING,
        1,
    )
    assert till.refunds(payment_id) == [(900, "Requested")]
    time.advance(seconds=10)
    till.sweep()
    assert till.refunds(payment_id) == [(900, "Succeeded")]
    assert bank.refunded(till.payment(payment_id)) == [900]


def test_a_refund_of_a_given_up_key_is_found_in_the_list(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    payment_id = till.confirmed()
    till.refund(payment_id, 900)
    bank.faults(stripe={"timeoutRate": 1})
    till.run(SUBMIT)
    bank.faults(stripe={"errorRate": 1})
    for _ in range(9):
        time.advance(seconds=11)
        till.sweep()
    assert till.activity(SUBMIT).state == ActivityState.FAILED
    assert till.refunds(payment_id) == [(900, "Requested")], "it may be on its way"
    till.refund(payment_id, 5000)
    with pytest.raises(ConflictError):
        till.refund(payment_id, 1)
    bank.faults()
    # Stripe has forgotten the key by now: it is asked before it is told.
    time.advance(days=2)
    sweep.schedule_polls()
    till.run(SUBMIT)
    till.sweep()
    assert till.refunds(payment_id)[0] == (900, "Succeeded")
    assert sorted(bank.refunded(till.payment(payment_id))) == [900, 5000]


def test_a_slow_refund_succeeds_when_the_bank_has_answered(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed("pm_card_pendingRefund")
    till.cancel(payment_id)
    till.run(SUBMIT)
    assert till.refunds(payment_id) == [(5900, "Submitted")]
    assert till.asked_for("emails.order_refunded") == 0
    payment = till.payment(payment_id)
    events = eventually(lambda: bank.events(payment, "refund.updated"))
    deliver(*events, *events, *bank.events(payment, "refund.created", "charge.refunded"))
    assert till.refunds(payment_id) == [(5900, "Succeeded")]
    assert till.asked_for("emails.order_refunded") == 1
    assert till.asked_for("refunds.list") == 0, "nothing that we do not know"
