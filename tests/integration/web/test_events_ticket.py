"""Tests of tickets for the stream of events: whose orders they name, and who gets one for all."""

from typing import Any
from uuid import UUID, uuid4

import pytest

import tickets
from models import Product, User, transaction
from tests.support.web import Person, SignIn


def post(person: Person, **body: Any) -> Any:
    return person.client.post("/auth/events-ticket", json=body, headers=person.headers)


def test_a_ticket_names_the_orders_of_its_user(ann: Person, lamp: Product) -> None:
    order_ids = [ann.order(lamp).get_json()["orderId"] for _ in "12"]
    answer = post(ann, orderIds=order_ids)
    assert (answer.status_code, answer.get_json()["expiresIn"]) == (200, 60)
    assert answer.headers["Cache-Control"] == "no-store"
    ticket = tickets.verify(answer.get_json()["ticket"])
    assert ticket == tickets.Ticket(ann.user.id, frozenset(map(UUID, order_ids)))


def test_the_orders_of_others_get_no_ticket(ann: Person, sign_in: SignIn, lamp: Product) -> None:
    mine, foreign = (p.order(lamp).get_json()["orderId"] for p in (ann, sign_in()))
    for unknown in (foreign, str(uuid4())):
        answer = post(ann, orderIds=[mine, unknown])
        assert answer.status_code == 404
        assert unknown in answer.get_json()["detail"]


def test_only_staff_gets_a_ticket_for_all_executions(ann: Person) -> None:
    assert post(ann, all=True).status_code == 403
    with transaction() as session:
        session.get_one(User, ann.user.id).roles = ["staff"]
    answer = post(ann, all=True)
    assert tickets.verify(answer.get_json()["ticket"]) == tickets.Ticket(ann.user.id, None)


@pytest.mark.parametrize(
    "body",
    [{}, {"orderIds": []}, {"orderIds": ["x"]}, {"all": True, "orderIds": [str(uuid4())]},
     {"orderIds": [str(uuid4()) for _ in range(51)]}],
)  # fmt: skip
def test_a_request_for_nothing_too_much_or_both_is_refused(ann: Person, body: Any) -> None:
    assert post(ann, **body).status_code == 422


def test_a_ticket_is_no_access_token_and_an_access_token_no_ticket(
    ann: Person, lamp: Product
) -> None:
    ticket = post(ann, orderIds=[ann.order(lamp).get_json()["orderId"]]).get_json()["ticket"]
    answer = ann.client.get("/auth/user", headers={"Authorization": f"Bearer {ticket}"})
    assert answer.status_code == 401
    with pytest.raises(tickets.TicketError, match="not a ticket"):
        tickets.verify(ann.headers["Authorization"].removeprefix("Bearer "))


def test_a_ticket_needs_a_session(ann: Person) -> None:
    answer = ann.client.post("/auth/events-ticket", json={"orderIds": [str(uuid4())]})
    assert answer.status_code == 401
