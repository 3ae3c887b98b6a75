"""The prices of a cart, before anything is ordered."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from models import Product, ProductStatus, transaction
from tests.support.database import count_all_rows
from tests.support.factories import a_product
from tests.support.statements import statements_of
from tests.support.web import Person


def quote(client: FlaskClient, *lines: tuple[int, int]) -> Any:
    items = [{"productId": number, "quantity": quantity} for number, quantity in lines]
    answer = client.post("/order/quote", json={"items": items})
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def test_a_quote_has_the_prices_of_the_order(ann: Person, lamp: Product) -> None:
    with transaction():
        mug = a_product(name="Mug", price=1250)
    before = count_all_rows()
    quoted = quote(ann.client, (lamp.id, 2), (mug.id, 3))
    assert count_all_rows() == before
    assert quoted["items"][0] == {
        "productId": lamp.id,
        "quantity": 2,
        "product": {
            "id": lamp.id,
            "name": "Desk lamp",
            "imageUrl": f"http://localhost{lamp.image_url}",
        },
        "currency": "usd",
        "unitPrice": 49,
        "lineTotal": 98,
        "problem": None,
        "stockLeft": None,
        "maxQuantity": None,
    }
    items = [{"productId": lamp.id, "quantity": 2}, {"productId": mug.id, "quantity": 3}]
    placed = ann.order(lamp, items=items).get_json()
    summary = ann.get(f"/order/summary/{placed['orderId']}").get_json()
    for name in ("currency", "subtotal", "shippingCost", "taxAmount", "totalPrice"):
        assert quoted[name] == summary[name], name
    assert (quoted["totalPrice"], quoted["totalMinor"]) == (145.5, 14550)
    assert quoted["canOrder"]


def test_lines_that_cannot_be_bought_have_a_problem(client: FlaskClient, lamp: Product) -> None:
    with transaction():
        rows = {
            "Unavailable": a_product(status=ProductStatus.DISCONTINUED),
            "OutOfStock": a_product(stock=2, reserved=2),
            "TooMany": a_product(stock=2),
            "OtherCurrency": a_product(currency="eur"),
        }
    unknown = lamp.id + 1000
    numbers = {name: row.id for name, row in rows.items()} | {"Unknown": unknown}
    quoted = quote(client, (lamp.id, 1), *((number, 3) for number in numbers.values()))
    first, *others = quoted["items"]
    assert first["problem"] is None
    assert {line["productId"]: line["problem"] for line in others} == {
        number: name for name, number in numbers.items()
    }
    assert {line["lineTotal"] for line in others} == {None}
    assert [line["stockLeft"] for line in others] == [None, 0, 2, None, None]
    assert [line["maxQuantity"] for line in others] == [None, None, 2, None, None]
    assert others[-1]["product"] is None
    assert (quoted["subtotal"], quoted["totalPrice"], quoted["canOrder"]) == (49, 59, False)


def test_a_problem_is_refused_by_the_order_too(ann: Person, lamp: Product) -> None:
    # At most half of the stock may wait for one customer's payment.
    (line,) = quote(ann.client, (lamp.id, 51))["items"]
    assert (line["problem"], line["maxQuantity"]) == ("TooMany", 50)
    for quantity, status in ((51, 422), (50, 202)):
        items = [{"productId": lamp.id, "quantity": quantity}]
        assert ann.order(lamp, items=items).status_code == status


def test_a_quote_has_the_current_price(client: FlaskClient, lamp: Product) -> None:
    with transaction() as session:
        session.execute(update(Product).values(price=5900))
    (line,) = quote(client, (lamp.id, 1))["items"]
    assert (line["unitPrice"], line["lineTotal"]) == (59, 59)


def test_a_cart_of_which_nothing_can_be_bought_costs_nothing(
    client: FlaskClient, lamp: Product
) -> None:
    quoted = quote(client, (lamp.id + 1, 1))
    assert (quoted["currency"], quoted["totalPrice"], quoted["canOrder"]) == ("usd", 0, False)


def test_a_total_that_stripe_would_refuse_is_explained(ann: Person, lamp: Product) -> None:
    with transaction():
        cheap = a_product(currency="chf", price=1)
    quoted = quote(ann.client, (cheap.id, 1))
    assert quoted["canOrder"] is False
    (error,) = ann.order(cheap).get_json()["errors"]
    assert error["message"] == quoted["message"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "items"),
        ({"items": []}, "items"),
        ({"items": [{"productId": 1, "quantity": 0}]}, "items.0.quantity"),
        ({"items": [{"productId": 1, "quantity": 1000}]}, "items.0.quantity"),
        ({"items": [{"productId": "x", "quantity": 1}]}, "items.0.productId"),
        ({"items": [{"productId": 1, "quantity": 1, "price": 1}]}, "items.0.price"),
        ({"items": [{"productId": 1, "quantity": 1}] * 2}, "items.1.productId"),
        ({"items": [{"productId": 1, "quantity": 1}] * 101}, "items"),
    ],
)
def test_malformed_carts_are_refused(client: FlaskClient, body: Any, field: str) -> None:
    answer = client.post("/order/quote", json=body)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == field


def test_a_quote_takes_one_statement(shop: Flask, client: FlaskClient, lamp: Product) -> None:
    with transaction():
        mug = a_product()
    with statements_of(shop) as statements:
        quote(client, (lamp.id, 1), (mug.id, 1))
    assert len(statements) == 1, "\n".join(statements)
