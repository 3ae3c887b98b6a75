"""Tests of typed text: normalised, validated before any write, and never repeated."""

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from models import Order, Product, User, transaction
from tests.support.cards import CARDS
from tests.support.database import count_all_rows
from tests.support.web import Person
from web.request import MAX_ANY_BODY_SIZE, MAX_BODY_SIZE
from web.schemas.order import RESERVED

CARD = "4242 4242 4242 4242"
DIGITS = "4242"


@pytest.mark.parametrize(
    "reference",
    ["a/b", "a\nb", "a\tb", "a?b#c", "a#b", "%2F", "a%2Fb", "a\\b", ".", "..", "../x", ";a", "a b",
     "-a", "--help", "a\u202eb", "a\u200bb", "\u00e9", "\x1b[31m", "x" * 201, " ", "",
     *sorted(RESERVED), "Status", " webhook "],
)  # fmt: skip
def test_a_reference_that_a_path_cannot_carry_is_refused(
    ann: Person, lamp: Product, reference: str
) -> None:
    before = count_all_rows()
    answer = ann.order(lamp, referenceId=reference)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.get_json()["errors"]] == ["referenceId"]
    assert count_all_rows() == before


@pytest.mark.parametrize(
    ("reference", "stored"),
    [("a", "a"), ("x" * 200, "x" * 200), ("  mine\n", "mine"), ("a.b_c~d:e@f+g=h,i-", None),
     ("statuses", None), ("550e8400-e29b-41d4-a716-446655440000", None), ("42", None)],
)  # fmt: skip
def test_a_reference_works_wherever_it_is_used(
    ann: Person, lamp: Product, reference: str, stored: str | None
) -> None:
    stored = stored or reference
    placed = ann.order(lamp, referenceId=reference)
    assert placed.get_json()["referenceId"] == stored
    assert ann.order(lamp, referenceId=reference).status_code == 200
    assert ann.get(placed.headers["Location"]).get_json()["referenceId"] == stored
    assert ann.get(f"/order/{stored}/history").status_code == 200
    assert ann.delete(f"/order/{stored}").status_code == 202


def test_the_words_of_our_paths_are_reserved(shop: Flask) -> None:
    words = {
        word
        for rule in shop.url_map.iter_rules()
        if rule.rule.startswith("/order/")
        for word in rule.rule.split("/")[2:]
        if not word.startswith("<")
    }
    assert words == RESERVED


def test_addresses_are_stored_in_one_form(ann: Person, lamp: Product) -> None:
    typed = " Zoe\u0308 \u200f\r\n1 Main St\t2 "
    placed = ann.order(lamp, billingAddress=typed, shippingAddress=typed).get_json()
    summary = ann.get(f"/order/summary/{placed['orderId']}").get_json()
    assert summary["billingAddress"] == summary["shippingAddress"] == "Zo\u00eb \n1 Main St 2"


def test_two_ways_to_write_a_character_are_one_order(ann: Person, lamp: Product) -> None:
    first = ann.order(lamp, referenceId="one", billingAddress="Zoe\u0308")
    again = ann.order(lamp, referenceId="one", billingAddress="Zo\u00eb ")
    assert (first.status_code, again.status_code) == (202, 200)


@pytest.mark.parametrize("field", ["billingAddress", "shippingAddress", "paymentMethod"])
@pytest.mark.parametrize("unseen", ["\x1b[2J", "a\u202eb", "\u200b", "\ud800", "a\x00b"])
def test_an_order_has_no_invisible_characters(
    ann: Person, lamp: Product, field: str, unseen: str
) -> None:
    before = count_all_rows()
    answer = ann.order(lamp, **{field: unseen})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == field
    assert count_all_rows() == before


PROFILE = ("username", "firstName", "lastName", "addressLine1", "addressLine2", "city", "state",
           "country")  # fmt: skip


@pytest.mark.parametrize("field", PROFILE)
@pytest.mark.parametrize("unseen", ["\x1b[2J", "a\nb", "a\u202eb", "\u3164", "\ud800", CARD])
def test_a_profile_has_no_invisible_characters_and_no_card_number(
    ann: Person, field: str, unseen: str
) -> None:
    answer = ann.client.patch("/auth/user", json={field: unseen}, headers=ann.headers)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == field
    with transaction() as session:
        assert session.get_one(User, ann.user.id).username == ann.user.username


@pytest.mark.parametrize("field", ["billingAddress", "shippingAddress", "paymentMethod"])
@pytest.mark.parametrize("card", CARDS)
def test_an_order_stores_no_card_number(
    ann: Person, lamp: Product, caplog: pytest.LogCaptureFixture, field: str, card: str
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = ann.order(lamp, **{field: card})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == field
    assert card not in answer.get_data(as_text=True) + caplog.text
    with transaction() as session:
        assert session.scalar(select(func.count(Order.id))) == 0


def places_to_type(ann: Person, lamp: Product) -> Iterator[Any]:
    """Yield the answers to a card number in all other places where a customer types."""
    patch = {"json": {"phoneNumber": CARD}, "headers": ann.headers}
    yield ann.client.patch("/auth/user", **patch)
    yield ann.order(lamp, referenceId=CARD.replace(" ", "-"))
    yield ann.order(lamp, **{CARD: "x"})
    yield ann.order(lamp, items=[{"productId": CARD, "quantity": 1}])
    yield ann.order(lamp, items=[{"productId": 1, "quantity": CARD}])
    yield ann.client.post("/auth/login", json={"email": f"{DIGITS * 4}@example.com"})
    yield ann.client.post("/auth/login", json={"email": CARD})
    yield ann.client.post("/auth/verify-code", json={"email": "a@example.com", "code": CARD})
    for name in ("q", "category", "tag", "sort", "page", "minPrice", CARD):
        yield ann.client.get("/product", query_string={name: CARD})


def test_no_answer_and_no_log_repeats_a_card_number(
    ann: Person, lamp: Product, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = count_all_rows()
    for answer in places_to_type(ann, lamp):
        assert answer.status_code == 422, answer.request.path
        assert DIGITS not in answer.get_data(as_text=True), answer.request.path
    assert DIGITS not in caplog.text
    assert count_all_rows() == before


def test_a_card_number_is_no_request_id(client: FlaskClient) -> None:
    for card in (DIGITS * 4, "-".join([DIGITS] * 4)):
        answer = client.get("/health", headers={"X-Request-Id": card})
        # A random id may have the four digits by chance.
        assert DIGITS * 2 not in answer.headers["X-Request-Id"].replace("-", "")


def writes(shop: Flask) -> list[tuple[str, str]]:
    """List the methods and paths that may have a body."""
    return [
        (method, re.sub(r"<[^>]+>", "1", rule.rule))
        for rule in shop.url_map.iter_rules()
        for method in (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}
    ]


@pytest.mark.parametrize("is_chunked", [True, False])
def test_every_route_refuses_a_body_that_is_too_large(
    shop: Flask, ann: Person, *, is_chunked: bool
) -> None:
    routes = writes(shop)
    assert len(routes) >= 9
    for method, path in routes:
        headers = ann.headers | {"Content-Type": "application/json"}
        if is_chunked:
            headers["Transfer-Encoding"] = "chunked"
        else:
            headers["Content-Length"] = str(MAX_ANY_BODY_SIZE + 1)
        answer = ann.client.open(
            path,
            method=method,
            headers=headers,
            input_stream=io.BytesIO(b" " * (MAX_ANY_BODY_SIZE + 1)),
            environ_overrides={"wsgi.input_terminated": True},
        )
        assert answer.status_code in (404, 413), (method, path)
        if "1" not in path:
            assert answer.status_code == 413, (method, path)
            assert answer.mimetype == "application/problem+json"


def test_a_small_chunked_body_is_read(client: FlaskClient) -> None:
    answer = client.post(
        "/auth/login",
        headers={"Content-Type": "application/json", "Transfer-Encoding": "chunked"},
        input_stream=io.BytesIO(b'{"email": "a@example.com"}'),
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == 201


LARGE_AND_WRONG: list[Any] = [
    {f"f{number}": 1 for number in range(70_000)},
    {"x" * 900_000: 1},
    {"\ud800" * 100_000: 1},
    {"items": [{"a": 1}] * 90_000},
    {"items": [{f"f{number}": 1 for number in range(70_000)}]},
    {"referenceId": "x" * 900_000, "paymentMethod": "y" * 90_000},
    {"email": "x" * 900_000},
    {"email": "a@" + "x." * 400_000},
    {"code": "9" * 900_000, "loginId": "z" * 90_000},
    {"username": ["a"] * 90_000},
]


@pytest.mark.parametrize("body", LARGE_AND_WRONG, ids=lambda body: str(body)[:20])
def test_a_large_invalid_body_gets_a_small_answer(ann: Person, body: Any) -> None:
    data = json.dumps(body)
    assert len(data) < MAX_BODY_SIZE
    for method, path in (("POST", "/auth/login"), ("POST", "/auth/verify-code"),
                         ("POST", "/order"), ("PATCH", "/auth/user")):  # fmt: skip
        answer = ann.client.open(
            path, method=method, data=data, content_type="application/json", headers=ann.headers
        )
        assert answer.status_code == 422
        assert len(answer.data) < 5_000, path
