"""The search finds a thing by any of its ids, each time by an index."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from models import ActivityRow, Order, Payment, Product, transaction
from models.clock import now
from models.shipment import Shipment
from tests.support.console import ABSENT
from tests.support.factories import a_dispute, a_login, a_refund
from tests.support.web import Json, Person, SignIn


def search(person: Person, text: object) -> list[tuple[str, str | None, str]]:
    response = person.client.get(
        "/admin/search", query_string={"q": str(text)}, headers=person.headers
    )
    assert response.status_code == 200, response.get_json()
    items: list[Json] = response.get_json()["items"]
    for item in items:
        assert item["path"].startswith("/console/")
    return [(item["kind"], item["machine"], item["id"]) for item in items]


def load(row: type[Any]) -> Any:
    with transaction() as session:
        return session.scalars(select(row).order_by(row.id).limit(1)).one()


def test_an_order_is_found_by_a_reference_that_looks_like_an_id(
    clerk: Person, ann: Person, lamp: Product
) -> None:
    reference = str(uuid4())
    placed = ann.order(lamp, referenceId=reference).get_json()
    assert search(clerk, reference) == [("execution", "order", placed["orderId"])]


def test_an_order_is_found_by_each_of_its_ids(clerk: Person, ann: Person, confirmed: UUID) -> None:
    order, payment = load(Order), load(Payment)
    with transaction() as session:
        parcel = Shipment(
            order_id=confirmed, carrier="DHL", tracking_number="JJD7", shipped_at=now()
        )
        session.add(parcel)
    here = ("execution", "order", str(confirmed))
    for text in (confirmed, str(confirmed).upper(), order.reference_id, "JJD7"):
        assert search(clerk, text) == [here]
    paid = ("execution", "payment", str(payment.id))
    for text in (payment.id, payment.intent_id, payment.charge_id):
        assert search(clerk, text) == [paid]
    assert search(clerk, ann.user.email.upper()) == [here, ("user", None, str(ann.user.id))]
    assert search(clerk, ann.user.id) == [("user", None, str(ann.user.id))]


@pytest.mark.parametrize("form", ["bob@bücher.de", "bob@xn--bcher-kva.de", "BOB@BÜCHER.DE"])
def test_a_person_is_found_by_each_form_of_an_address(
    clerk: Person, sign_in: SignIn, lamp: Product, form: str
) -> None:
    bob = sign_in(email="bob@bücher.de")
    order = bob.order(lamp).get_json()["orderId"]
    with transaction() as session:
        session.add(login := a_login(email=bob.user.email))
    mine = {("execution", "order", order), ("execution", "login", str(login.id))}
    assert set(search(clerk, form)) == mine | {("user", None, str(bob.user.id))}
    listed = clerk.client.get("/admin/executions", query_string={"q": form}, headers=clerk.headers)
    assert {item["id"] for item in listed.get_json()["items"]} == {name for *_, name in mine}


def test_an_order_is_found_by_its_printed_number(
    clerk: Person, ann: Person, confirmed: UUID
) -> None:
    here = ("execution", "order", str(confirmed))
    number = load(Order).number
    for text in (number, f"#{number}", f"{number[:4]} {number[4:]}", number.lower()):
        assert search(clerk, text) == [here]
    (view,) = clerk.get(f"/admin/search?q={number}").get_json()["items"]
    assert view["title"] == f"order {number}"
    assert view["subtitle"] == f"Confirmed, $59.00, {load(Order).created_at:%Y-%m-%d %H:%M} UTC"
    listed = clerk.get(f"/admin/executions?machine=order&q={number}").get_json()["items"]
    assert [item["id"] for item in listed] == [str(confirmed)]
    for text in (number[1:], f"{number}0", "ZZZZZZZZ"):
        assert search(clerk, text) == []


def test_a_request_is_found_by_what_it_moved(clerk: Person, ann: Person, lamp: Product) -> None:
    request_id = uuid4().hex
    ann.headers["X-Request-Id"] = request_id
    order_id = ann.order(lamp).get_json()["orderId"]
    assert ("execution", "order", order_id) in search(clerk, request_id)


def test_ids_of_providers_are_found(clerk: Person, confirmed: UUID, app: Flask) -> None:
    with transaction():
        refund = a_refund(stripe_id="re_77")
        dispute = a_dispute(stripe_id="dp_77")
    assert search(clerk, "re_77") == [("execution", "refund", str(refund.id))]
    assert search(clerk, "dp_77") == [("execution", "dispute", str(dispute.id))]
    with transaction() as session:
        row = session.scalars(select(ActivityRow).order_by(ActivityRow.id).limit(1)).one()
        row.provider_request_id = "req_77"
    for text in ("req_77", row.id):
        assert ("activity", row.machine, str(row.id)) in search(clerk, text)


def test_a_product_is_found_by_its_number_and_its_sku(clerk: Person, lamp: Product) -> None:
    for text in (lamp.id, lamp.sku):
        assert ("product", None, str(lamp.id)) in search(clerk, text)


@pytest.mark.parametrize("text", ["nothing", ABSENT, "9" * 300, "%", "'", "pi_", "évt_1"])
def test_what_nobody_knows_is_not_found(clerk: Person, text: str) -> None:
    assert search(clerk, text) == []


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "x" * 321}, {"q": "a\x00b"}, {"p": "1"}])
def test_a_bad_search_is_named(clerk: Person, query: Json) -> None:
    response = clerk.client.get("/admin/search", query_string=query, headers=clerk.headers)
    assert response.status_code == 422
    assert response.get_json()["errors"][0]["field"] in ("q", "p")
