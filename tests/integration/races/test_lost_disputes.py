"""Tests of lost disputes: the bank decides against the shop, and may change its decision."""

from datetime import UTC, datetime

import pytest

from models import NoticeKind, RefundOrigin
from models.clock import MovableClock
from models.errors import ConflictError
from tests.support.shop import Shop
from tests.support.stripe import Stripe, a_dispute_event, deliver

LOST = "lost: the money is gone; cancel the order"
LATER_EVIDENCE = {"due_by": int(datetime(2031, 5, 6, 12, tzinfo=UTC).timestamp())}


@pytest.mark.parametrize("kinds", [("needs_response", "lost"), ("won", "lost")], ids="+".join)
def test_what_is_lost_is_not_shipped(till: Shop, bank: Stripe, kinds: tuple[str, ...]) -> None:
    payment_id = till.confirmed()
    payment = till.payment(payment_id)
    deliver(*(a_dispute_event(status, payment) for status in kinds))
    with pytest.raises(ConflictError, match="cancel"):
        till.ship(payment_id)
    (sentence,) = till.sentences(payment_id)
    assert sentence.endswith(LOST)
    till.cancel(payment_id)
    till.work()
    assert till.states(payment_id) == ("Success", "Cancelled")
    assert (till.notices(payment_id), bank.refunded(payment)) == ([], [])
    assert till.shelf(payment_id) == (100, 0)


def test_what_is_lost_in_part_is_shipped(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    deliver(a_dispute_event("lost", till.payment(payment_id), amount=900))
    assert till.notices(payment_id) == []
    till.ship(payment_id)
    assert till.states(payment_id) == ("Success", "Shipped")


def test_lost_before_we_heard_of_the_payment(till: Shop, bank: Stripe) -> None:
    payment_id = till.initiated()
    payment = till.payment(payment_id)
    deliver(a_dispute_event("lost", payment))
    assert till.notices(payment_id) == []
    till.hear(payment_id)
    assert till.notices(payment_id) == [NoticeKind.DISPUTE]
    with pytest.raises(ConflictError, match="cancel"):
        till.ship(payment_id)
    deliver(a_dispute_event("won", till.payment(payment_id)))
    assert till.notices(payment_id) == []
    till.ship(payment_id)
    assert till.states(payment_id) == ("Success", "Shipped")


def test_lost_before_a_payment_of_another_amount(till: Shop, bank: Stripe) -> None:
    payment_id = till.initiated()
    payment = till.payment(payment_id)
    deliver(a_dispute_event("lost", payment, amount=5000))
    till.hear(payment_id, amount_received=5000)
    assert set(till.notices(payment_id)) == {NoticeKind.DISPUTE, NoticeKind.MISPAID}
    with pytest.raises(ConflictError, match="left"):
        till.accept(payment_id)
    till.cancel(payment_id)
    assert till.notices(payment_id) == []


def test_lost_then_cancelled_then_won(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    payment = till.payment(payment_id)
    deliver(a_dispute_event("lost", payment))
    till.cancel(payment_id)
    till.work()
    won = a_dispute_event("won", payment)
    deliver(won, won, a_dispute_event("won", payment))
    till.work()
    assert till.refunds(payment_id) == [(5900, "Succeeded")]
    assert bank.refunded(payment) == [5900], "once"
    assert till.emails_of(payment_id)[-1]["categories"] == ["order_refunded"]


def test_lost_before_a_late_payment_then_won(till: Shop, bank: Stripe, time: MovableClock) -> None:
    payment_id = till.initiated()
    payment = till.payment(payment_id)
    bank.confirm(payment, "pm_sandbox_succeedsAfterCancel")
    time.advance(seconds=900)
    till.sweep()
    till.run("payments.cancel_intent")
    deliver(a_dispute_event("lost", payment))
    till.hear(payment_id)
    assert till.states(payment_id) == ("Success", "Failed")
    assert till.refunds(payment_id) == [], "the bank has it"
    deliver(a_dispute_event("won", payment))
    (row,) = till.refund_rows(payment_id)
    assert (row.amount, row.origin) == (5900, RefundOrigin.LATE)


def test_won_of_what_was_shipped_is_ours(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    till.ship(payment_id)
    payment = till.payment(payment_id)
    deliver(*(a_dispute_event(status, payment) for status in ("lost", "won")))
    assert (till.refunds(payment_id), till.notices(payment_id)) == ([], [])


def test_one_of_two_disputes_is_decided(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    payment = till.payment(payment_id)
    first = a_dispute_event("needs_response", payment, "dp_1", amount=900)
    second = a_dispute_event(
        "needs_response", payment, "dp_2", amount=1200, evidence_details=LATER_EVIDENCE
    )
    deliver(first, second)
    (sentence,) = till.sentences(payment_id)
    assert "$9.00" in sentence, "its time ends first"
    deliver(a_dispute_event("won", payment, "dp_1", amount=900))
    (sentence,) = till.sentences(payment_id)
    assert "$12.00" in sentence
    deliver(a_dispute_event("won", payment, "dp_2", amount=1200))
    assert till.sentences(payment_id) == []


def test_another_day_for_the_evidence(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    payment = till.payment(payment_id)
    deliver(a_dispute_event("needs_response", payment))
    deliver(a_dispute_event("needs_response", payment, evidence_details=LATER_EVIDENCE))
    (sentence,) = till.sentences(payment_id)
    assert "evidence until 2031-05-06 12:00 UTC" in sentence
