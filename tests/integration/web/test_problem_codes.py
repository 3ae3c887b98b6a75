"""Refusals say their reason in a code, which clients translate."""

from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from models import Product, transaction
from state_machines.payment import PaymentSignal
from tests.support.factories import a_product
from tests.support.web import Person, SignIn, stripe_says

CARD = "4242 4242 4242 4242"
TOO_LONG = "x" * 101
ID = "01900000-0000-7000-8000-000000000000"
PROOF = {"challengeId": ID, "credential": {}}


def codes_of(answer: Any) -> list[tuple[str, str, dict[str, Any] | None]]:
    """Return the field, the code and the parameters of each problem of a refusal."""
    assert answer.status_code == 422, answer.get_json()
    errors = answer.get_json()["errors"]
    return [(each["field"], each["code"], each.get("parameters")) for each in errors]


@pytest.mark.parametrize(
    ("profile", "field", "code", "parameters"),
    [
        ({"city": TOO_LONG}, "city", "tooLong", {"max": 100}),
        ({"username": ""}, "username", "tooShort", {"min": 1}),
        ({"city": 7}, "city", "wrongType", None),
        ({"city": f"Paris {CARD}"}, "city", "cardNumber", None),
        ({"city": "Pa\u200bris"}, "city", "invisibleCharacter", {"character": "U+200B"}),
        ({"planet": "Mars"}, "planet", "unknownField", None),
    ],
)
def test_a_field_of_the_profile(
    ann: Person, profile: Any, field: str, code: str, parameters: Any
) -> None:
    answer = ann.client.patch("/auth/user", json=profile, headers=ann.headers)
    assert codes_of(answer) == [(field, code, parameters)]


@pytest.mark.parametrize(
    ("body", "field", "code", "parameters"),
    [
        ({"items": []}, "items", "tooFew", {"min": 1}),
        ({}, "items", "required", None),
        ({"items": [{"productId": 1, "quantity": 0}]}, "items.0.quantity", "tooSmall", {"min": 1}),
        ({"items": [{"productId": 1}]}, "items.0.quantity", "required", None),
    ],
)
def test_a_field_of_a_cart(
    client: FlaskClient, body: Any, field: str, code: str, parameters: Any
) -> None:
    assert (field, code, parameters) in codes_of(client.post("/order/quote", json=body))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("available=king", "must be true or false"),
        ("page=king", "must be a whole number"),
        ("page=0", "must be greater than or equal to 1"),
        ("sort=king", "must be 'name', "),
    ],
)
def test_a_filter_in_the_words_of_people(client: FlaskClient, query: str, sentence: str) -> None:
    (problem,) = client.get(f"/product?{query}").get_json()["errors"]
    assert problem["message"].startswith(sentence)


def test_an_address_that_is_none(client: FlaskClient) -> None:
    answer = client.post("/auth/login", json={"email": "nobody"})
    assert codes_of(answer) == [("email", "invalidEmail", None)]


def test_products_that_cannot_be_ordered(ann: Person, lamp: Product) -> None:
    with transaction():
        rare, euro = a_product(name="Rare", stock=1), a_product(currency="eur")
    lines = {
        "items.0.productId": ([(999_999, 1)], "unknownProduct", None),
        "items.1.productId": ([(lamp.id, 1), (euro.id, 1)], "otherCurrency", None),
        "items.0.quantity": ([(rare.id, 2)], "outOfStock", {"product": "Rare", "left": 1}),
    }
    for field, (products, code, parameters) in lines.items():
        items = [{"productId": number, "quantity": quantity} for number, quantity in products]
        assert codes_of(ann.order(lamp, items=items)) == [(field, code, parameters)]
    duplicate = [{"productId": lamp.id, "quantity": 1}] * 2
    answer = ann.order(lamp, items=duplicate)
    assert codes_of(answer) == [("items.1.productId", "duplicate", None)]


def test_a_total_that_stripe_would_refuse(ann: Person) -> None:
    with transaction():
        dear = a_product(price=99_999_900, stock=100)
    items = [{"productId": dear.id, "quantity": 9}]
    limit = {"amount": 999_999.99, "currency": "usd"}
    refused = ann.order(dear, items=items)
    assert codes_of(refused) == [("items", "totalTooLarge", limit)]
    quoted = ann.client.post("/order/quote", json={"items": items}).get_json()
    assert quoted["refusal"] == refused.get_json()["errors"][0]


def test_a_reference_that_was_used(ann: Person, lamp: Product) -> None:
    placed = ann.order(lamp).get_json()
    other = ann.order(lamp, referenceId=placed["referenceId"], shippingAddress="elsewhere")
    assert codes_of(other) == [("referenceId", "used", None)]


def test_the_kind_of_a_limit(sign_in: SignIn, lamp: Product, client: FlaskClient) -> None:
    greedy = sign_in()
    answers = [greedy.order(lamp) for _ in range(21)]
    assert answers[-1].get_json()["kind"] == "unpaidOrders"
    for kind in (None, "codeJustSent"):
        answer = client.post("/auth/login", json={"email": "eager@example.com"})
        assert answer.get_json().get("kind") == kind


def test_a_decline_has_the_code_that_customers_may_see(ann: Person, lamp: Product) -> None:
    order = ann.order(lamp).get_json()
    problem = {"last_payment_error": {"decline_code": "insufficient_funds"}}
    state = "requires_payment_method"
    stripe_says(UUID(order["orderId"]), PaymentSignal.DECLINED, state, **problem)
    steps = ann.get(f"/order/{order['referenceId']}/history").get_json()
    assert [step["declineCode"] for step in steps if step["declineCode"]] == ["insufficient_funds"]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/auth/step-up", {}, "code"),
        ("/auth/step-up", {"code": "123456", "passkey": PROOF}, "code"),
        ("/auth/events-ticket", {}, "orderIds"),
        ("/auth/events-ticket", {"orderIds": [ID], "all": True}, "orderIds"),
    ],
)
def test_fields_that_do_not_fit_together(ann: Person, path: str, body: Any, field: str) -> None:
    answer = ann.client.post(path, json=body, headers=ann.headers)
    assert codes_of(answer) == [(field, "required", None)]
    assert answer.get_json()["detail"] == f"Invalid fields: {field}"
