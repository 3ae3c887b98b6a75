"""Refusals of orders: invalid fields, products, totals and customers."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from models import Product, ProductStatus, User, UserStatus, transaction
from tests.support.factories import a_product
from tests.support.web import Person, count_orders


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"items": []}, "items"),
        ({"items": None}, "items"),
        ({"items": [{"productId": "x", "quantity": 1}]}, "items.0.productId"),
        ({"items": [{"productId": str(uuid4()), "quantity": 1}]}, "items.0.productId"),
        ({"items": [{"quantity": 1}]}, "items.0.productId"),
        ({"price": 1}, "price"),
        ({"totalPrice": 1}, "totalPrice"),
        ({"shippingCost": 0}, "shippingCost"),
        ({"taxAmount": 0}, "taxAmount"),
        ({"userId": "x"}, "userId"),
        ({"status": "Confirmed"}, "status"),
        ({"referenceId": ""}, "referenceId"),
        ({"referenceId": 7}, "referenceId"),
        ({"referenceId": "a\x00b"}, "referenceId"),
        ({"referenceId": "\ud800"}, "referenceId"),
        ({"billingAddress": None}, "billingAddress"),
        ({"shippingAddress": "x" * 1001}, "shippingAddress"),
    ],
)
def test_an_invalid_order_names_the_field(
    ann: Person, lamp: Product, fields: dict[str, Any], field: str
) -> None:
    answer = ann.order(lamp, **fields)
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["errors"][0]["field"] == field
    assert count_orders() == 0


@pytest.mark.parametrize(
    "number",
    [True, 1.0, 1.5, -1, 0, 2**53, 2**63, 10**30, None, [1], "", "1.0", "+1", "1_0", "1e0", "x1",
     "\N{ARABIC-INDIC DIGIT ONE}", "9" * 17, "1\x00", "01890a5d-ac96-774b-bcce-b302099a8057"],
)  # fmt: skip
def test_a_malformed_product_number_names_the_line(
    ann: Person, lamp: Product, number: object
) -> None:
    items = [{"productId": lamp.id, "quantity": 1}, {"productId": number, "quantity": 1}]
    answer = ann.order(lamp, items=items)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "items.1.productId"
    assert count_orders() == 0


def test_a_product_is_named_by_a_number_or_by_its_digits(ann: Person, lamp: Product) -> None:
    (shown,) = ann.get("/product").get_json()
    assert type(shown["id"]) is int
    for named in (shown["id"], str(shown["id"])):
        placed = ann.order(lamp, items=[{"productId": named, "quantity": 1}]).get_json()
        (item,) = ann.get(f"/order/summary/{placed['orderId']}").get_json()["items"]
        assert (item["productId"], item["product"]["id"]) == (lamp.id, lamp.id)
        assert type(item["productId"]) is type(item["product"]["id"]) is int
    twice = [{"productId": lamp.id, "quantity": 1}, {"productId": str(lamp.id), "quantity": 1}]
    assert ann.order(lamp, items=twice).get_json()["errors"][0]["field"] == "items.1.productId"


@pytest.mark.parametrize("quantity", [0, -1, 1000, 10**9, 1.5, "3", True, None])
def test_an_invalid_quantity_names_the_line(ann: Person, lamp: Product, quantity: object) -> None:
    answer = ann.order(lamp, items=[{"productId": lamp.id, "quantity": quantity}])
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "items.0.quantity"
    assert count_orders() == 0


@pytest.mark.parametrize(
    ("product", "field"),
    [
        ({"status": ProductStatus.UNAVAILABLE}, "items.1.productId"),
        ({"status": ProductStatus.DISCONTINUED}, "items.1.productId"),
        ({"currency": "eur"}, "items.1.productId"),
        ({"stock": 1}, "items.1.quantity"),
        ({"price": 99_999_999}, "items"),
    ],
)
def test_an_unavailable_product_names_the_line(
    ann: Person, lamp: Product, product: dict[str, Any], field: str
) -> None:
    with transaction():
        other = a_product(**product)
    lines = [(lamp, 1), (other, 2)]
    items = [{"productId": thing.id, "quantity": number} for thing, number in lines]
    answer = ann.order(lamp, items=items)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == field
    assert count_orders() == 0


@pytest.mark.parametrize(
    ("price", "currency", "total"),
    [(0, "chf", None), (49, "chf", None), (50, "chf", 0.5), (99_999_999, "chf", 999_999.99),
     (100_000_000, "chf", None), (1, "idr", None), (999_999_999_999, "idr", 9_999_999_999.99),
     (12500, "kwd", 14), (99_998_500, "kwd", None), (98_999_000, "usd", 990_000)],
)  # fmt: skip
def test_a_total_that_stripe_cannot_charge_is_refused(
    ann: Person, price: int, currency: str, total: float | None
) -> None:
    with transaction():
        product = a_product(price=price, currency=currency)
    answer = ann.order(product)
    if total is None:
        assert answer.status_code == 422
        assert answer.get_json()["errors"][0]["field"] == "items"
        assert count_orders() == 0
    else:
        summary = ann.get(f"/order/summary/{answer.get_json()['orderId']}").get_json()
        assert (summary["totalPrice"], summary["currency"]) == (total, currency)


def test_a_currency_without_a_shipping_cost_is_not_sold(ann: Person) -> None:
    with transaction():
        product = a_product(currency="gbp")
    answer = ann.order(product)
    assert answer.status_code == 422
    (error,) = answer.get_json()["errors"]
    assert error["field"] == "items.0.productId"
    assert "no shipping cost in gbp" in error["message"]
    assert count_orders() == 0


def test_a_product_on_two_lines_is_refused(ann: Person, lamp: Product) -> None:
    line = {"productId": lamp.id, "quantity": 1}
    answer = ann.order(lamp, items=[line, line])
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "items.1.productId"


def test_a_suspended_user_cannot_order(ann: Person, lamp: Product) -> None:
    with transaction() as session:
        session.execute(update(User).values(status=UserStatus.SUSPENDED))
    assert ann.order(lamp).status_code == 401
    assert count_orders() == 0
