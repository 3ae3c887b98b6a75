"""A request that is repeated with its idempotency key is carried out once."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from models import AuditRow, IdempotencyKey, Order, Product, Refund, UserSession, transaction
from models.base import db
from models.clock import now
from models.idempotency import refuse_in_flight
from models.ids import uuid7
from state_machines.actions import checkout
from state_machines.payment import PaymentSignal
from tests.support.commands import flask, read
from tests.support.later_request import LaterLine, LaterRequest
from tests.support.web import Json, Person, SignIn, stripe_says

KEY = '"8e03978e-40d5-43dd-bc93-6894a57f9324"'


def buy(person: Person, product: Product, key: str, **fields: Any) -> TestResponse:
    body = {
        "items": [{"productId": product.id, "quantity": 1}],
        "billingAddress": "1 Main St",
        "shippingAddress": "",
    }
    headers = person.headers | {"Prefer": "wait=0", "Idempotency-Key": key}
    return person.client.post("/order", json=body | fields, headers=headers)


def count(row: type[Any]) -> int:
    with transaction() as session:
        return session.scalar(select(func.count(row.id))) or 0


@pytest.mark.parametrize("fields", [{}, {"referenceId": "mine"}])
def test_the_same_key_returns_the_same_order(
    ann: Person, lamp: Product, fields: dict[str, Any]
) -> None:
    first, again = buy(ann, lamp, KEY, **fields), buy(ann, lamp, KEY, **fields)
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.get_json()["orderId"] == again.get_json()["orderId"]
    assert ann.get(first.headers["Location"]).status_code == 200
    assert count(Order) == 1


def place_later(person: Person, product: Product, earlier: Json, key: str | None) -> UUID:
    """Place the earlier order as a later release does; return the order's id."""
    request = LaterRequest(
        earlier["referenceId"], (LaterLine(product.id, 1),), "1 Main St", "", None
    )
    user_id, session_id = person.user.id, person.session_id
    placed_id, _ = checkout.place(uuid7(), user_id, session_id, request, key=key)
    return placed_id


@pytest.mark.parametrize("key", [KEY.strip('"'), None], ids=["key", "reference"])
def test_a_request_repeated_after_a_release_with_a_new_optional_field_returns_the_same_order(
    ann: Person, lamp: Product, key: str | None
) -> None:
    earlier = buy(ann, lamp, KEY, referenceId="mine").get_json()
    assert place_later(ann, lamp, earlier, key) == UUID(earlier["orderId"])
    assert count(Order) == 1


@pytest.mark.parametrize("other", [{"billingAddress": "elsewhere"}, {"referenceId": "other"}])
def test_the_same_key_with_another_body_is_refused(
    ann: Person, lamp: Product, other: dict[str, Any]
) -> None:
    buy(ann, lamp, KEY)
    answer = buy(ann, lamp, KEY, **other)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "Idempotency-Key"
    assert count(Order) == 1


def test_a_key_belongs_to_its_customer(ann: Person, sign_in: SignIn, lamp: Product) -> None:
    mine, theirs = buy(ann, lamp, KEY), buy(sign_in(), lamp, KEY)
    assert (mine.status_code, theirs.status_code) == (202, 202)
    assert mine.get_json()["orderId"] != theirs.get_json()["orderId"]


def test_a_session_that_has_ended_sees_nothing_of_its_key(ann: Person, lamp: Product) -> None:
    buy(ann, lamp, KEY)
    with transaction() as session:
        session.execute(update(UserSession).values(revoked_at=now()))
    assert buy(ann, lamp, KEY).status_code == 401


def test_the_same_key_is_refused_while_its_request_is_running(
    shop: Flask, ann: Person, lamp: Product
) -> None:
    with transaction():
        refuse_in_flight(f"user:{ann.user.id}", KEY.strip('"'))
        # The request has a session and a connection of its own.
        answer = buy(ann, lamp, KEY)
    assert answer.status_code == 409
    assert count(Order) == 0
    assert buy(ann, lamp, KEY).status_code == 202


@pytest.mark.parametrize(
    "key", ["", '""', '"', '"a', 'a"', "a b", "a,b", "a;b", '"a"b"', "x" * 256, '"a", "b"',
            "\u00e9", '"4242 4242 4242 4242"']
)  # fmt: skip
def test_a_malformed_key_is_refused(ann: Person, lamp: Product, key: str) -> None:
    answer = buy(ann, lamp, key)
    assert answer.status_code == 400
    assert "4242 4242" not in answer.get_data(as_text=True)
    assert count(Order) == count(IdempotencyKey) == 0


def test_an_order_without_key_and_reference_is_refused(ann: Person, lamp: Product) -> None:
    answer = ann.order(lamp, referenceId=None)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "referenceId"


def test_a_refused_order_leaves_its_key_unused(ann: Person, lamp: Product) -> None:
    missing = [{"productId": lamp.id + 1, "quantity": 1}]
    assert buy(ann, lamp, KEY, items=missing).status_code == 422
    assert buy(ann, lamp, KEY).status_code == 202


@pytest.fixture
def paid(ann: Person, lamp: Product) -> str:
    placed = ann.order(lamp).get_json()
    stripe_says(UUID(placed["orderId"]), PaymentSignal.SUCCEEDED, "succeeded")
    return str(placed["orderId"])


def test_a_refund_with_the_same_key_is_made_once(shop: Flask, paid: str) -> None:
    words = ("orders", "refund", paid, "--amount", "10", "--idempotency-key", str(uuid4()))
    first, again = read(shop, *words), read(shop, *words)
    assert first == again
    assert (count(Refund), count(AuditRow)) == (1, 1)
    other = flask(shop, *words[:3], "--amount", "11", *words[5:])
    assert (other.exit_code, count(Refund)) == (1, 1)
    assert "was used for another request" in other.output
    flask(shop, *words[:5])
    assert count(Refund) == 2, "without a key it is another one"


def test_a_full_refund_with_the_same_key_is_made_once(shop: Flask, paid: str) -> None:
    words = ("orders", "refund", paid, "--idempotency-key", "all")
    assert read(shop, *words)["left"] == read(shop, *words)["left"]
    assert count(Refund) == 1
    with transaction():
        assert db.session.scalars(select(Order.state)).one() == "Cancelled"
