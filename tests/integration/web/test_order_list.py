"""The list of a customer's orders."""

import re
from uuid import UUID

import pytest
from flask import Flask

from models import Product, transaction
from state_machines.payment import PaymentSignal
from tests.support.factories import a_product
from tests.support.statements import statements_of
from tests.support.web import Json, Person, SignIn, stripe_says


def listed(ann: Person, query: str = "") -> list[Json]:
    answer = ann.get(f"/order?{query}")
    assert answer.status_code == 200, answer.get_json()
    rows: list[Json] = answer.get_json()
    return rows


def test_a_row_shows_the_first_items_and_counts_the_pieces(ann: Person, lamp: Product) -> None:
    with transaction():
        others = [a_product(name=f"Mug {number}", image_url="/m.svg") for number in range(5)]
    items = [{"productId": product.id, "quantity": 2} for product in (*others, lamp)]
    ann.order(lamp, items=items)
    ann.order(lamp)
    single, several = listed(ann)
    assert (single["itemCount"], several["itemCount"]) == (1, 12)
    image = f"http://localhost{lamp.image_url}"
    assert single["firstItems"] == [{"name": "Desk lamp", "imageUrl": image}]
    names = [item["name"] for item in several["firstItems"]]
    assert names == ["Mug 0", "Mug 1", "Mug 2", "Mug 3"]


@pytest.mark.parametrize(
    ("query", "indexes"),
    [
        ("", [2, 1, 0]),
        ("status=Pending", [2]),
        ("status=Confirmed", [0]),
        ("status=Confirmed,Cancelled", [1, 0]),
        ("status=Shipped", []),
    ],
)
def test_orders_are_filtered_by_their_status(
    ann: Person, sign_in: SignIn, lamp: Product, query: str, indexes: list[int]
) -> None:
    sign_in().order(lamp)
    ids = [UUID(ann.order(lamp).get_json()["orderId"]) for _ in range(3)]
    stripe_says(ids[0], PaymentSignal.SUCCEEDED, "succeeded")
    stripe_says(ids[1], PaymentSignal.CANCELED, "canceled")
    assert [row["id"] for row in listed(ann, query)] == [str(ids[index]) for index in indexes]


def test_the_next_page_has_the_same_filters(ann: Person, lamp: Product) -> None:
    for _ in range(3):
        ann.order(lamp)
    path, ids = "/order?status=Pending,Failed&size=1", []
    while path:
        answer = ann.get(path)
        ids += [row["id"] for row in answer.get_json()]
        link = re.fullmatch(r'<http://localhost(.+)>; rel="next"', answer.headers.get("Link", ""))
        path = link[1] if link else ""
        assert not path or path.startswith("/order?status=Pending%2CFailed&size=1&cursor=")
    assert ids == [row["id"] for row in listed(ann)]


def test_an_unknown_status_is_refused(ann: Person) -> None:
    for query in (
        "status=Lost",
        "status=",
        "status=Pending,x",
        "status=pending",
        "status=" + "9" * 9000,
    ):
        answer = ann.get(f"/order?{query}")
        assert answer.status_code == 422
        assert answer.get_json()["errors"][0]["field"] == "status"


def test_a_page_of_orders_takes_three_statements(shop: Flask, ann: Person, lamp: Product) -> None:
    for _ in range(3):
        ann.order(lamp)
    with statements_of(shop) as statements:
        assert len(listed(ann)) == 3
    # The session, the orders, and their first items.
    assert len(statements) == 3, "\n".join(statements)
