"""Staff list the executions of every machine and look at one of them."""

import json
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from models import ActivityRow, ActivityState, Order, Payment, PaymentState, transaction
from models.base import db
from models.clock import MovableClock, now
from models.keyset import encode_cursor
from state_machines.durable import caused_by
from tests.support.console import ABSENT, show_execution
from tests.support.factories import a_login, a_payment, a_placed_order, an_order
from tests.support.parcel import Parcel, ParcelMachine, Sig
from tests.support.web import Json, Person, code_of


def listed(person: Person, **query: Any) -> Json:
    response = person.client.get("/admin/executions", query_string=query, headers=person.headers)
    assert response.status_code == 200, response.get_json()
    return dict(response.get_json())


def ids(page: Json) -> list[str]:
    return [item["id"] for item in page["items"]]


def test_an_order_is_listed_with_its_customer_and_its_amount(
    clerk: Person, ann: Person, confirmed: UUID
) -> None:
    (item,) = listed(clerk, machine="order")["items"]
    assert (item["id"], item["state"], item["stateKind"]) == (str(confirmed), "Confirmed", "good")
    assert item["customer"] == {"id": str(ann.user.id), "email": ann.user.email}
    assert (item["amount"], item["amountMinor"], item["currency"]) == (59, 5900, "usd")
    assert item["key"] != item["id"]
    (payment,) = listed(clerk, machine="payment")["items"]
    assert payment["parent"] == {"machine": "order", "id": str(confirmed)}
    assert payment["customer"]["email"] == ann.user.email


def test_pages_of_all_machines_together_are_the_list(clerk: Person, app: Flask) -> None:
    with transaction():
        for _ in range(4):
            a_placed_order()
            a_login()
    for sort in ("newest", "oldest", "changed"):
        everything = listed(clerk, sort=sort, size=200)
        assert everything["count"] == {"number": len(everything["items"]), "isExact": True}
        walked: list[str] = []
        cursor: dict[str, Any] = {}
        while True:
            page = listed(clerk, sort=sort, size=3, **cursor)
            walked += ids(page)
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        assert walked == ids(everything), sort
        assert len(walked) == 12


def test_filters_select(clerk: Person, ann: Person, confirmed: UUID, time: MovableClock) -> None:
    with transaction():
        other = an_order()
    reference = listed(clerk, machine="order", state="Confirmed")["items"][0]["key"]
    assert ids(listed(clerk, machine="order", key=reference)) == [str(confirmed)]
    assert ids(listed(clerk, q=ann.user.email.upper(), machine="order")) == [str(confirmed)]
    assert str(confirmed) in ids(listed(clerk, q=str(confirmed)))
    assert ids(listed(clerk, state="Confirmed")) == [str(confirmed)]
    assert str(confirmed) in ids(listed(clerk, waitingFor="emails.order_confirmed"))
    assert listed(clerk, failedActivity="any")["items"] == []
    # Nothing will move an order without a payment.
    assert str(other.id) in ids(listed(clerk, stuck="true", machine="order"))
    assert str(confirmed) not in ids(listed(clerk, stuck="true", machine="order"))
    assert listed(clerk, olderThan="10m")["items"] == []
    # Before 1970, which no id can tell.
    assert listed(clerk, olderThan="99999d")["items"] == []
    time.advance(minutes=11)
    with transaction() as session:
        for row in session.scalars(db.select(ActivityRow)):
            row.state = ActivityState.FAILED
    assert str(confirmed) in ids(listed(clerk, failedActivity="any"))
    assert str(confirmed) in ids(listed(clerk, failedActivity="emails.order_confirmed"))


@pytest.mark.parametrize("sort", ["newest", "oldest", "changed"])
def test_pages_of_an_age_in_a_state_are_the_list(
    clerk: Person, app: Flask, time: MovableClock, sort: str
) -> None:
    payments: list[str] = []
    for _ in range(5):
        with transaction():
            payments.append(str(a_payment(PaymentState.INITIATED).id))
            a_payment(PaymentState.SUCCESS)
        time.advance(seconds=1)
    time.advance(minutes=11)
    with transaction():
        # Not old enough; and one that was created as early, and has changed since.
        a_payment(PaymentState.INITIATED)
        db.session.get_one(Payment, UUID(payments.pop(2))).updated_at = now()
    asked = {"machine": "payment", "state": "Initiated", "olderThan": "10m", "sort": sort}
    walked: list[str] = []
    cursor: Json = {}
    while (page := listed(clerk, **asked, size=2, **cursor))["next"] is not None:
        assert page["count"] == {"number": 4, "isExact": True}
        walked += ids(page)
        cursor = {"cursor": page["next"]}
    walked += ids(page)
    assert walked == (payments if sort == "oldest" else payments[::-1])
    assert ids(listed(clerk, state="Initiated", olderThan="10m", sort=sort)) == walked


def test_pages_of_stuck_executions_are_full(clerk: Person, confirmed: UUID) -> None:
    with transaction():
        # Nothing will move an order without a payment.
        stuck = [str(an_order().id) for _ in range(7)]
        for _ in range(7):
            a_payment(PaymentState.INITIATED)
    seen: list[list[str]] = []
    cursor: Json = {}
    for _ in range(3):
        page = listed(clerk, stuck="true", machine="order", size="3", **cursor)
        seen.append(ids(page))
        cursor = {"cursor": page["next"]}
    assert [len(page) for page in seen] == [3, 3, 1]
    assert sorted(key for page in seen for key in page) == sorted(stuck)
    assert cursor == {"cursor": None}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"machine": "unicorn"}, "machine"), ({"state": "Nowhere"}, "state"),
        ({"olderThan": "1"}, "olderThan"), ({"olderThan": "-1m"}, "olderThan"),
        ({"olderThan": "999999d"}, "olderThan"), ({"sort": "best"}, "sort"),
        ({"cursor": "nonsense"}, "cursor"), ({"cursor": encode_cursor(["x"])}, "cursor"),
        ({"cursor": "x" * 1001}, "cursor"), ({"size": "0"}, "size"), ({"size": "201"}, "size"),
        ({"stuck": "perhaps"}, "stuck"), ({"q": ""}, "q"), ({"q": "x" * 400}, "q"),
        ({"key": "a\x00b"}, "key"), ({"colour": "red"}, "colour"),
        ({"machine": "order", "sort": "changed", "cursor": encode_cursor([UUID(int=1)])}, "cursor"),
    ],
)  # fmt: skip
def test_a_bad_filter_is_named(clerk: Person, app: Flask, query: Json, field: str) -> None:
    response = clerk.client.get("/admin/executions", query_string=query, headers=clerk.headers)
    assert response.status_code == 422
    assert response.get_json()["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"order/{ABSENT}", 404), ("order/7", 422), (f"unicorn/{ABSENT}", 404),
        (f"order/{ABSENT}/timeline", 404), (f"order/{ABSENT}/timeline?cursor=x", 404),
    ],
)  # fmt: skip
def test_a_thing_that_is_not_there_is_not_found(clerk: Person, path: str, status: int) -> None:
    assert clerk.get(f"/admin/executions/{path}").status_code == status


def test_one_execution_shows_the_whole_family(clerk: Person, ann: Person, confirmed: UUID) -> None:
    order = show_execution(clerk, "order", confirmed)
    assert [child["machine"] for child in order["children"]] == ["payment"]
    kinds = {entry["kind"] for entry in order["timeline"]}
    assert {"transition", "activity", "email"} <= kinds
    machines = {entry["machine"] for entry in order["timeline"]}
    assert {"order", "payment"} <= machines
    times = [entry["at"] for entry in order["timeline"]]
    assert times == sorted(times, reverse=True)
    place = next(e for e in order["timeline"] if e["title"] == "place")
    assert (place["from"], place["to"], place["version"]) == (None, "Pending", 1)
    assert (place["actor"], place["actorEmail"]) == (str(ann.user.id), ann.user.email)
    payment = show_execution(clerk, "payment", order["children"][0]["id"])
    assert {e["id"] for e in payment["timeline"]} == {e["id"] for e in order["timeline"]}


def test_facts_have_the_columns_without_secrets(clerk: Person, confirmed: UUID) -> None:
    order = show_execution(clerk, "order", confirmed)
    facts = {fact["name"]: fact for fact in order["facts"]}
    assert facts["billing_address"]["value"] == "1 Main St"
    assert (facts["total"]["value"], facts["total"]["kind"]) == (5900, "amount")
    money = (facts["total"]["major"], facts["total"]["currency"])
    assert money == (59.0, facts["currency"]["value"])
    assert "request_hash" not in facts
    payment = show_execution(clerk, "payment", order["children"][0]["id"])
    names = {fact["name"] for fact in payment["facts"]}
    assert {"intent_id", "last4"} <= names
    assert "client_secret" not in names
    assert f"cs_{confirmed.hex}" not in json.dumps([order, payment])


def test_no_code_of_a_login_is_shown(clerk: Person, ann: Person) -> None:
    answer = clerk.client.post("/auth/login", json={"email": "eve@example.com"})
    login = show_execution(clerk, "login", answer.get_json()["loginId"])
    assert login["key"] == "eve@example.com"
    text = json.dumps(login)
    assert code_of(login["id"]) not in text
    assert "code_hash" not in text


def test_signals_say_what_they_need_and_why_they_are_refused(
    clerk: Person, confirmed: UUID
) -> None:
    signals = {
        each["signal"]: each for each in show_execution(clerk, "order", confirmed)["signals"]
    }
    ship, deliver, raw = signals["ship"], signals["deliver"], signals["paid"]
    assert [field["name"] for field in ship["needs"]] == ["carrier", "trackingNumber"]
    assert (ship["allowed"], ship["target"], ship["role"]) == (True, "Shipped", "staff")
    assert (deliver["allowed"], deliver["refusal"]) == (
        False,
        "order is Confirmed: no arrow for deliver",
    )
    assert (raw["isRaw"], raw["isDangerous"], raw["role"]) == (True, True, "admin")
    assert signals["refund"]["needs"] == [{"name": "amount", "kind": "amount", "isRequired": False}]


def test_a_machine_of_another_trade_needs_nothing(clerk: Person, app: Flask) -> None:
    with transaction(), caused_by("test", "here"):
        parcel = Parcel(label="Main St")
        ParcelMachine.begin(parcel, Sig.PACK)
    (item,) = listed(clerk, machine="test_parcel")["items"]
    assert (item["key"], item["amount"], item["customer"]) == (str(parcel.id), None, None)
    detail = show_execution(clerk, "test_parcel", parcel.id)
    assert ("label", "Main St", "text") in [
        (fact["name"], fact["value"], fact["kind"]) for fact in detail["facts"]
    ]
    assert detail["why"]["kind"] == "activity"
    assert [each["signal"] for each in detail["signals"] if not each["isRaw"]] == ["collect"]


def test_a_long_history_is_read_in_pages(clerk: Person, app: Flask) -> None:
    with transaction():
        payment = a_placed_order()
    with transaction() as session:
        session.execute(db.text(MANY), {"id": payment.order_id})
    detail = show_execution(clerk, "order", payment.order_id)
    assert len(detail["timeline"]) == 200
    seen = [entry["id"] for entry in detail["timeline"]]
    cursor = detail["timelineNext"]
    while cursor:
        path = f"/admin/executions/order/{payment.order_id}/timeline?size=200&cursor={cursor}"
        page = clerk.get(path).get_json()
        seen += [entry["id"] for entry in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 1003


MANY = """
INSERT INTO transition (subject_id, version, machine, signal, source, target, ignored, cause, at,
    machine_version)
SELECT :id, number, 'order', 'paid', 'Pending', 'Pending', true, 'test', now(), 1
FROM generate_series(2, 1001) AS number
"""


def test_an_unchanged_execution_is_not_sent_again(clerk: Person, confirmed: UUID) -> None:
    for path in (f"/admin/executions/order/{confirmed}", "/admin/executions?machine=order"):
        first = clerk.get(path)
        again = clerk.get(path, **{"If-None-Match": first.headers["ETag"]})
        assert (first.status_code, again.status_code) == (200, 304)


def test_a_row_in_a_state_of_another_release_is_listed(clerk: Person, confirmed: UUID) -> None:
    with transaction() as session:
        session.execute(db.text("ALTER TABLE orders DROP CONSTRAINT ck_orders_state"))
        session.execute(db.text("UPDATE orders SET state = 'Archived'"))
    try:
        (item,) = listed(clerk, machine="order")["items"]
        assert (item["state"], item["stateKind"]) == ("Archived", "wrong")
        assert ids(listed(clerk, machine="order", state="Archived")) == [str(confirmed)]
    finally:
        with transaction() as session:
            session.execute(db.text("UPDATE orders SET state = 'Confirmed'"))
            names = ", ".join(f"'{state.value}'" for state in Order.state.type.enum_class)
            check = f"ALTER TABLE orders ADD CONSTRAINT ck_orders_state CHECK (state IN ({names}))"
            session.execute(db.text(check))
