"""Tests of disputes: nothing is sent, and nothing is refunded twice."""

from functools import partial

import pytest
from sqlalchemy import select

from models import Dispute, NoticeKind, transaction
from models.dispute import DisputeState, disputed_amounts
from models.errors import ConflictError
from models.refund import refundable_amount
from state_machines.dispute import DisputeMachine, DisputeSignal
from state_machines.durable import Arrow
from tests.support.shop import Shop
from tests.support.stripe import Stripe, a_dispute_event, an_intent_event, deliver
from tests.support.threads import AtOnce


def test_a_dispute_blocks_shipment_and_refund(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    payment = till.payment(payment_id)
    deliver(a_dispute_event("needs_response", payment))
    assert till.notices(payment_id) == [NoticeKind.DISPUTE]
    for deed in (till.ship, till.refund, till.cancel):
        with pytest.raises(ConflictError, match="dispute"):
            deed(payment_id)
    with pytest.raises(ConflictError, match="dispute"):
        till.refund(payment_id, 1)
    assert till.states(payment_id) == ("Success", "Confirmed")
    deliver(a_dispute_event("under_review", payment))
    with pytest.raises(ConflictError, match="dispute"):
        till.ship(payment_id)


def test_a_dispute_that_is_lost_is_booked_and_not_refunded(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    payment = till.payment(payment_id)
    deliver(a_dispute_event("needs_response", payment), a_dispute_event("lost", payment))
    assert till.notices(payment_id) == [NoticeKind.DISPUTE], "it should be cancelled"
    with transaction():
        assert disputed_amounts(payment.order_id, DisputeState.LOST) == {"usd": 5900}
        assert refundable_amount(payment) == 0
    with pytest.raises(ConflictError):
        till.refund(payment_id)
    till.cancel(payment_id)
    till.work()
    assert till.states(payment_id) == ("Success", "Cancelled")
    assert bank.refunded(payment) == [], "the bank has taken it already"


def test_a_dispute_about_a_part_leaves_the_rest(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    payment = till.payment(payment_id)
    deliver(a_dispute_event("lost", payment, amount=900))
    till.refund(payment_id)
    till.work()
    assert till.refunds(payment_id) == [(5000, "Succeeded")]
    assert till.states(payment_id) == ("Success", "Cancelled")


# By which words of Stripe a dispute gets into each state, and which word a signal is.
PATHS = {
    DisputeState.WARNING: ("warning_needs_response",),
    DisputeState.NEEDS_RESPONSE: ("needs_response",),
    DisputeState.UNDER_REVIEW: ("needs_response", "under_review"),
    DisputeState.WON: ("needs_response", "won"),
    DisputeState.LOST: ("needs_response", "lost"),
}
WORDS = {
    DisputeSignal.OPEN: "needs_response",
    DisputeSignal.REVIEW: "under_review",
    DisputeSignal.CLOSE: "prevented",
    DisputeSignal.WIN: "won",
    DisputeSignal.LOSE: "lost",
}


@pytest.mark.parametrize(
    "arrow",
    [arrow for arrow in DisputeMachine.arrows if arrow.source is not None],
    ids=lambda arrow: f"{arrow.source} {arrow.signal}",
)
def test_every_status_of_a_dispute_is_recorded(till: Shop, bank: Stripe, arrow: Arrow) -> None:
    payment_id = till.confirmed()
    payment = till.payment(payment_id)
    words = (*PATHS[DisputeState(str(arrow.source))], WORDS[DisputeSignal(arrow.signal)])
    deliver(*(a_dispute_event(word, payment) for word in words))
    with transaction() as session:
        assert session.scalars(select(Dispute.state)).all() == [arrow.target]


@pytest.mark.parametrize("end", ["won", "warning_closed"])
def test_a_won_dispute_allows_shipment_and_refund(till: Shop, bank: Stripe, end: str) -> None:
    payment_id, other_id = till.confirmed(), till.confirmed()
    first = {"won": "needs_response", "warning_closed": "warning_needs_response"}[end]
    for each in (payment_id, other_id):
        payment = till.payment(each)
        deliver(a_dispute_event(first, payment), a_dispute_event(end, payment))
        assert till.notices(each) == []
    till.ship(payment_id)
    assert till.states(payment_id) == ("Success", "Shipped")
    till.refund(other_id)
    till.work()
    assert till.refunds(other_id) == [(5900, "Succeeded")]


def test_an_inquiry_blocks_the_shipment_and_not_the_refund(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    deliver(a_dispute_event("warning_needs_response", till.payment(payment_id)))
    with pytest.raises(ConflictError, match="dispute"):
        till.ship(payment_id)
    till.refund(payment_id)
    till.work()
    assert till.refunds(payment_id) == [(5900, "Succeeded")]


def test_disputes_out_of_order_and_twice(till: Shop, bank: Stripe, at_once: AtOnce) -> None:
    payment_id = till.confirmed()
    payment = till.payment(payment_id)
    story = [a_dispute_event(kind, payment) for kind in ("won", "needs_response", "won")]
    deliver(*story, *story)
    till.ship(payment_id)
    assert till.notices(payment_id) == []
    at_once([lambda: deliver(a_dispute_event("needs_response", payment, "dp_2"))] * 8)
    with transaction():
        assert disputed_amounts(payment.order_id, DisputeState.NEEDS_RESPONSE) == {"usd": 5900}, (
            "one"
        )
    assert till.notices(payment_id) == [NoticeKind.DISPUTE]


def test_the_last_decision_on_a_dispute_counts(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    payment = till.payment(payment_id)
    deliver(*(a_dispute_event(kind, payment) for kind in ("lost", "won")))
    till.refund(payment_id)
    assert till.refunds(payment_id) == [(5900, "Requested")]
    deliver(an_intent_event("succeeded", payment))
    assert till.payment(payment_id).captured == 5900


def test_a_dispute_and_a_refund_at_once_do_not_exceed_the_payment(
    till: Shop, bank: Stripe, at_once: AtOnce
) -> None:
    for _ in range(5):
        payment_id = till.confirmed()
        event = a_dispute_event("needs_response", till.payment(payment_id))
        refused, _ = at_once([partial(till.refund, payment_id), partial(deliver, event)])
        assert till.refunds(payment_id) == ([(5900, "Requested")] if refused is None else [])
        assert till.notices(payment_id) == [NoticeKind.DISPUTE]
