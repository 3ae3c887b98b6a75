"""Tests of captured amounts: shown and refunded in their own amount and currency."""

from typing import Any
from uuid import UUID

import pytest

from models import NoticeKind, refresh, transaction
from models.errors import ConflictError, InvalidInputError
from models.ids import uuid7
from state_machines.actions import checkout
from state_machines.actions.checkout import CheckoutRequest
from state_machines.actions.pricing import Line
from tests.support.factories import a_product, a_user
from tests.support.shop import Shop
from tests.support.stripe import Stripe, a_dispute_event, an_intent_event, deliver

SUCCEEDED = "payment_intent.succeeded"
FIFTY_EUROS: dict[str, Any] = {"amount_received": 5000, "currency": "eur"}
SIXTY_FOUR_EUROS: dict[str, Any] = {"amount": 6400, "currency": "eur"}


def test_the_receipt_of_an_accepted_payment_shows_the_captured_amount(
    till: Shop, bank: Stripe
) -> None:
    payment_id = till.initiated()
    till.hear(payment_id, **FIFTY_EUROS)
    till.accept(payment_id)
    till.work()
    receipt = till.emails_of(payment_id)[0]
    assert receipt["categories"] == ["order_confirmed"]
    for text in (receipt["text"], receipt["html"]):
        assert "$59.00" in text, "what it costs"
        assert "€50.00" in text, "what was paid"
        assert "Paid" in text


@pytest.mark.parametrize(
    ("price", "currency", "amount", "shown"),
    [(12500, "kwd", 14000, "14.000 KWD"), (1200, "jpy", 1700, "¥1,700")],
)
def test_amounts_are_paid_and_refunded_in_stripes_minor_units(
    till: Shop, bank: Stripe, price: int, currency: str, amount: int, shown: str
) -> None:
    payment_id = till.payment_of(an_order_of(price, currency))
    till.run("payments.create_intent")
    payment = till.payment(payment_id)
    assert bank.entry(payment)["amount"] == amount
    bank.confirm(payment)
    deliver(*bank.events(payment, SUCCEEDED))
    till.work()
    assert shown in till.emails_of(payment_id)[0]["text"]
    till.refund(payment_id)
    till.work()
    assert bank.refunded(payment) == [amount]


def an_order_of(price: int, currency: str) -> UUID:
    """Check out one piece of a product."""
    with transaction():
        user, product = a_user(), a_product(price=price, currency=currency)
        session = refresh.open_session(user, user_agent="tests", ip_address="127.0.0.1").session
    request = CheckoutRequest(uuid7().hex, (Line(product.id, 1),), "1 Main St", "1 Main St", None)
    placed, _ = checkout.place(uuid7(), user.id, session.id, request)
    return placed


def test_the_receipt_of_an_exact_payment_shows_one_sum(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    till.work()
    receipt = till.emails_of(payment_id)[0]
    assert "Paid" not in receipt["text"]


def test_a_dispute_is_shown_in_its_own_currency(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    payment = till.payment(payment_id)
    deliver(a_dispute_event("needs_response", payment, **SIXTY_FOUR_EUROS))
    (sentence,) = till.sentences(payment_id)
    assert sentence.startswith("€64.00 are disputed")
    deliver(a_dispute_event("lost", payment, **SIXTY_FOUR_EUROS))
    (sentence,) = till.sentences(payment_id)
    assert sentence == "a dispute of €64.00 is lost: the money is gone; cancel the order"


def test_disputes_in_two_currencies_are_both_shown(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    payment = till.payment(payment_id)
    deliver(
        a_dispute_event("lost", payment, "dp_1", amount=900),
        a_dispute_event("lost", payment, "dp_2", **SIXTY_FOUR_EUROS),
    )
    (sentence,) = till.sentences(payment_id)
    assert sentence.startswith("a dispute of €64.00 and $9.00 is lost")


@pytest.mark.parametrize("amount", [1, 5900, 6400])
def test_a_dispute_lost_in_another_currency_leaves_nothing_to_refund(
    till: Shop, bank: Stripe, amount: int
) -> None:
    # Nobody here knows what a euro is in dollars: a cent of it must not be refunded twice.
    payment_id = till.confirmed()
    payment = till.payment(payment_id)
    deliver(a_dispute_event("lost", payment, amount=amount, currency="eur"))
    assert till.notices(payment_id) == [NoticeKind.DISPUTE]
    with pytest.raises(ConflictError, match="Nothing is left"):
        till.refund(payment_id)
    with pytest.raises(ConflictError, match="refunded or lost to a dispute"):
        till.ship(payment_id)
    till.cancel(payment_id)
    till.work()
    assert (till.notices(payment_id), till.refunds(payment_id)) == ([], [])
    assert bank.refunded(payment) == []


def test_a_dispute_won_in_another_currency_leaves_everything_to_refund(
    till: Shop, bank: Stripe
) -> None:
    payment_id = till.confirmed()
    deliver(a_dispute_event("lost", till.payment(payment_id), **SIXTY_FOUR_EUROS))
    deliver(a_dispute_event("won", till.payment(payment_id), **SIXTY_FOUR_EUROS))
    assert till.notices(payment_id) == []
    till.refund(payment_id)
    till.work()
    assert till.refunds(payment_id) == [(5900, "Succeeded")]


def test_a_refund_must_be_a_multiple_of_stripes_smallest_step(till: Shop, bank: Stripe) -> None:
    payment_id = till.initiated()
    till.hear(payment_id, amount_received=12500, currency="kwd")
    till.accept(payment_id)
    with pytest.raises(InvalidInputError, match="amount: must be a multiple") as refused:
        till.refund(payment_id, 5124)
    assert refused.value.field == "amount"
    assert till.refunds(payment_id) == []
    till.refund(payment_id, 5120)
    assert till.refunds(payment_id) == [(5120, "Requested")]


def test_a_later_currency_does_not_replace_the_captured_one(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    deliver(an_intent_event("succeeded", till.payment(payment_id), **FIFTY_EUROS))
    payment = till.payment(payment_id)
    assert (payment.captured, payment.captured_currency) == (5900, "usd")


def test_the_largest_amount_of_stripe_is_stored(till: Shop, bank: Stripe) -> None:
    payment_id = till.initiated()
    till.hear(payment_id, amount_received=999_999_999_999, currency="idr")
    (sentence,) = till.sentences(payment_id)
    assert sentence.startswith("9,999,999,999.99 IDR came")
    till.cancel(payment_id)
    assert till.refunds(payment_id) == [(999_999_999_999, "Requested")]
