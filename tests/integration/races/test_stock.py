"""Tests of the last piece of a product, which many want at once."""

from functools import partial
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from models import Order, Product, refresh, transaction
from models.clock import MovableClock
from models.errors import InvalidInputError
from models.ids import uuid7
from state_machines.actions import checkout
from state_machines.actions.checkout import CheckoutRequest
from state_machines.actions.pricing import Line
from tests.support.factories import a_product, a_user
from tests.support.shop import Shop
from tests.support.stripe import Stripe
from tests.support.threads import AtOnce

BUYERS = 100
THREADS = 20  # as many as there are connections
CANCEL = "payments.cancel_intent"


class Customer:
    """Somebody who is signed in."""

    def __init__(self) -> None:
        with transaction():
            opened = refresh.open_session(a_user(), user_agent="tests", ip_address="127.0.0.1")
        self.user_id, self.session_id = opened.user.id, opened.session.id

    def buy(self, *product_ids: int, reference: str | None = None) -> tuple[UUID, bool]:
        lines = tuple(Line(product_id, 1) for product_id in product_ids)
        request = CheckoutRequest(reference or uuid4().hex, lines, "1 Main St", "", None)
        return checkout.place(uuid7(), self.user_id, self.session_id, request)


def shelf(product_id: int) -> tuple[int, int]:
    """Return the stock of a product, and the reserved part of it."""
    with transaction() as session:
        product = session.get_one(Product, product_id, populate_existing=True)
        return product.stock, product.reserved


def orders() -> int:
    with transaction() as session:
        return session.scalar(select(func.count(Order.id))) or 0


def some_product(stock: int) -> int:
    with transaction():
        return a_product(stock=stock).id


def test_a_hundred_buyers_of_the_last_piece_make_one_order(till: Shop, at_once: AtOnce) -> None:
    lamp, buyers = some_product(1), [Customer() for _ in range(BUYERS)]
    answers = []
    for first in range(0, BUYERS, THREADS):
        crowd = buyers[first : first + THREADS]
        answers += at_once([partial(buyer.buy, lamp) for buyer in crowd])
    placed = [answer for answer in answers if isinstance(answer, tuple)]
    assert (len(placed), orders()) == (1, 1)
    refused = [answer for answer in answers if isinstance(answer, InvalidInputError)]
    assert len(refused) == BUYERS - 1, "each is told which line"
    assert {why.field for why in refused} == {"items.0.quantity"}
    assert shelf(lamp) == (1, 1)


def test_orders_with_lines_in_opposite_order_do_not_deadlock(till: Shop, at_once: AtOnce) -> None:
    first, second = some_product(1000), some_product(1000)
    buyers = [Customer() for _ in range(THREADS)]

    def shop_around(number: int) -> int:
        lines = (first, second) if number % 2 else (second, first)
        return len([buyers[number].buy(*lines) for _ in range(5)])

    bought = at_once([partial(shop_around, number) for number in range(THREADS)])
    assert bought == [5] * THREADS
    assert shelf(first) == shelf(second) == (1000, 5 * THREADS)


def test_a_double_click_in_two_tabs_makes_one_order(till: Shop, at_once: AtOnce) -> None:
    lamp, buyer = some_product(1), Customer()
    answers = at_once([lambda: buyer.buy(lamp, reference="double")] * 12)
    assert len({order_id for order_id, _ in answers}) == orders() == 1
    assert sorted(is_new for _, is_new in answers) == [False] * 11 + [True]
    assert till.run("payments.create_intent") == 1, "and so one intent for both tabs"
    assert shelf(lamp) == (1, 1), "the last piece is theirs once"


def test_one_reference_for_two_orders_at_once_makes_one_order(till: Shop, at_once: AtOnce) -> None:
    buyer, things = Customer(), [some_product(9), some_product(9)]
    answers = at_once([partial(buyer.buy, thing, reference="same") for thing in things])
    assert sorted(type(answer).__name__ for answer in answers) == ["InvalidInputError", "tuple"]
    assert orders() == 1


def test_stock_stays_reserved_until_the_intent_is_canceled(
    till: Shop, bank: Stripe, time: MovableClock
) -> None:
    cancelled, expired = till.initiated(), till.initiated()
    till.cancel(cancelled)
    bank.faults(stripe={"errorRate": 1})
    till.run(CANCEL)
    time.advance(seconds=900)
    till.sweep()
    assert till.states(expired) == ("Expiring", "Pending")
    assert till.shelf(cancelled) == till.shelf(expired) == (100, 1), "somebody may still pay"
    bank.faults()
    time.advance(seconds=60)
    till.sweep()
    till.work()
    assert till.states(cancelled) == ("Cancelled", "Cancelled")
    assert till.states(expired) == ("Failure", "Failed")
    assert till.shelf(cancelled) == till.shelf(expired) == (100, 0)


def test_the_last_piece_can_be_bought_once_it_is_free(till: Shop, bank: Stripe) -> None:
    lamp, first, second = some_product(1), Customer(), Customer()
    order_id, _ = first.buy(lamp)
    till.run("payments.create_intent")
    payment_id = till.payment_of(order_id)
    till.cancel(payment_id)
    with pytest.raises(InvalidInputError):
        second.buy(lamp)
    till.run(CANCEL)
    _, is_new = second.buy(lamp)
    assert is_new
    assert shelf(lamp) == (1, 1)
