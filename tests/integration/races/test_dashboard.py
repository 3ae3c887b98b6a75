"""Refunds that somebody makes in Stripe's own dashboard, behind our back."""

from functools import partial
from itertools import permutations

import pytest

from models import RefundOrigin, RefundState
from models.errors import ConflictError, InvalidInputError
from tests.support.shop import Shop
from tests.support.stripe import Stripe, deliver
from tests.support.threads import AtOnce

REFUND_EVENTS = ("refund.created", "charge.refunded")
SUCCEEDED = "payment_intent.succeeded"
NEWS = (*REFUND_EVENTS, SUCCEEDED)


@pytest.mark.parametrize(
    "kinds",
    [*((kind,) for kind in REFUND_EVENTS), REFUND_EVENTS, REFUND_EVENTS[::-1]],
    ids="+".join,
)
def test_a_refund_of_the_dashboard_becomes_a_row(
    till: Shop, bank: Stripe, kinds: tuple[str, ...]
) -> None:
    payment_id = till.confirmed()
    payment = till.payment(payment_id)
    bank.post("refunds", payment_intent=payment.intent_id, amount=900)
    for kind in kinds:
        deliver(*bank.events(payment, kind))
    till.work()
    (row,) = till.refund_rows(payment_id)
    assert (row.amount, row.state, row.origin) == (900, RefundState.SUCCEEDED, RefundOrigin.STRIPE)
    assert till.states(payment_id) == ("Success", "Confirmed")
    with pytest.raises(InvalidInputError):
        till.refund(payment_id, 5001)
    till.refund(payment_id, 5000)
    till.work()
    assert bank.refunded(payment) == [900, 5000]


@pytest.mark.parametrize("kind", REFUND_EVENTS)
def test_a_full_refund_of_the_dashboard_cancels_the_order(
    till: Shop, bank: Stripe, kind: str
) -> None:
    payment_id = till.confirmed()
    payment = till.payment(payment_id)
    bank.post("refunds", payment_intent=payment.intent_id)
    deliver(*bank.events(payment, kind))
    till.work()
    assert till.states(payment_id) == ("Success", "Cancelled")
    assert till.order_signals(payment_id)[-1] == "refunded"
    assert till.shelf(payment_id) == (100, 0)
    assert till.refunds(payment_id) == [(5900, "Succeeded")]
    assert bank.refunded(payment) == [5900], "nothing more goes back"


def test_a_slow_refund_of_the_dashboard_cancels_the_order_at_once(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed("pm_card_pendingRefund")
    payment = till.payment(payment_id)
    bank.post("refunds", payment_intent=payment.intent_id)
    deliver(*bank.events(payment, "refund.created"))
    assert till.refunds(payment_id) == [(5900, "Submitted")]
    assert till.states(payment_id) == ("Success", "Cancelled")


def test_a_full_refund_of_the_dashboard_leaves_a_shipped_order(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    till.ship(payment_id)
    payment = till.payment(payment_id)
    bank.post("refunds", payment_intent=payment.intent_id)
    deliver(*bank.events(payment, *REFUND_EVENTS))
    till.work()
    assert till.states(payment_id) == ("Success", "Shipped")
    assert till.refunds(payment_id) == [(5900, "Succeeded")]
    assert till.shelf(payment_id) == (99, 0), "it has left"


def test_simultaneous_refunds_of_shop_and_dashboard_do_not_exceed_the_payment(
    till: Shop, bank: Stripe, at_once: AtOnce
) -> None:
    payment_id = till.confirmed()
    payment = till.payment(payment_id)
    till.refund(payment_id, 5000)
    bank.post("refunds", payment_intent=payment.intent_id, amount=5900)
    events = bank.events(payment, *REFUND_EVENTS)
    at_once([*(partial(deliver, event) for event in events), till.work])
    till.work()
    assert sorted(till.refunds(payment_id)) == [(5000, "Failed"), (5900, "Succeeded")]
    assert bank.refunded(payment) == [5900]
    assert till.states(payment_id) == ("Success", "Cancelled")


def test_a_refund_refused_after_one_of_the_dashboard_needs_no_operator(
    till: Shop, bank: Stripe
) -> None:
    payment_id = till.confirmed()
    payment = till.payment(payment_id)
    till.refund(payment_id, 5000)
    bank.post("refunds", payment_intent=payment.intent_id, amount=5900)
    deliver(*bank.events(payment, *REFUND_EVENTS))
    till.work()
    assert till.refunds(payment_id) == [(5000, "Failed"), (5900, "Succeeded")]
    assert till.notices(payment_id) == [], "all has gone back: nobody has anything to do"


@pytest.mark.parametrize("works", [True, False], ids=["at once", "at the end"])
@pytest.mark.parametrize(
    "kinds",
    [*permutations(NEWS), *permutations(NEWS[::2]), *permutations(NEWS[1:])],
    ids="+".join,
)
def test_a_full_refund_of_the_dashboard_cancels_in_any_order_of_events(
    till: Shop, bank: Stripe, kinds: tuple[str, ...], *, works: bool
) -> None:
    payment_id = till.initiated()
    payment = till.payment(payment_id)
    bank.confirm(payment)
    bank.post("refunds", payment_intent=payment.intent_id)
    for kind in kinds:
        deliver(*bank.events(payment, kind))
        if works:
            till.work()
    till.work()
    assert till.states(payment_id) == ("Success", "Cancelled")
    assert till.shelf(payment_id) == (100, 0)
    assert till.refunds(payment_id) == [(5900, "Succeeded")]
    assert bank.refunded(payment) == [5900], "nothing more goes back"


def test_a_refund_of_the_dashboard_before_our_call_was_answered(till: Shop, bank: Stripe) -> None:
    payment_id = till.place()
    bank.faults(stripe={"timeoutRate": 1})
    till.run("payments.create_intent")
    bank.faults()
    (entry,) = bank.ledger(till.payment(payment_id))
    intent_id = str(entry["paymentIntent"])
    bank.post(f"payment_intents/{intent_id}/confirm", payment_method="pm_card_visa")
    bank.post("refunds", payment_intent=intent_id)
    deliver(*bank.events_of(intent_id, "charge.refunded"))
    assert till.states(payment_id) == ("Pending", "Pending")
    till.work()
    deliver(*bank.events_of(intent_id, SUCCEEDED))
    till.work()
    assert till.states(payment_id) == ("Success", "Cancelled")
    assert till.refunds(payment_id) == [(5900, "Succeeded")]


@pytest.mark.parametrize("kinds", [*permutations(NEWS)], ids="+".join)
def test_a_partial_refund_before_the_payment_event_leaves_the_rest(
    till: Shop, bank: Stripe, kinds: tuple[str, ...]
) -> None:
    payment_id = till.initiated()
    payment = till.payment(payment_id)
    bank.confirm(payment)
    bank.post("refunds", payment_intent=payment.intent_id, amount=900)
    for kind in kinds:
        deliver(*bank.events(payment, kind))
        till.work()
    assert till.states(payment_id) == ("Success", "Confirmed")
    assert till.refunds(payment_id) == [(900, "Succeeded")]


@pytest.mark.parametrize("kinds", [*permutations(NEWS)], ids="+".join)
def test_a_mispaid_order_that_was_refunded_needs_no_decision(
    till: Shop, bank: Stripe, kinds: tuple[str, ...]
) -> None:
    payment_id = till.initiated()
    payment = till.payment(payment_id)
    bank.post(f"payment_intents/{payment.intent_id}", amount=5000)
    bank.confirm(payment)
    bank.post("refunds", payment_intent=payment.intent_id)
    for kind in kinds:
        deliver(*bank.events(payment, kind))
        till.work()
    assert till.states(payment_id) == ("Success", "Cancelled")
    assert till.notices(payment_id) == []
    assert till.shelf(payment_id) == (100, 0)
    with pytest.raises(ConflictError):
        till.accept(payment_id)
