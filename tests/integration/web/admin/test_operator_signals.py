"""Operators preview and send signals; nothing is written twice, and a preview writes nothing."""

from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from models import (
    ActivityRow,
    AuditRow,
    Erasure,
    Order,
    Product,
    Refund,
    Shipment,
    StockMove,
    Transition,
    transaction,
)
from state_machines.durable import caused_by
from state_machines.durable.unit_of_work import Committed
from state_machines.erasure import ErasureMachine, ErasureSignal
from state_machines.payment import PaymentSignal
from tests.support.console import ABSENT, needs_step_up, read_audit, sign_in_long_ago
from tests.support.factories import a_login
from tests.support.parcel import Parcel, ParcelMachine, Sig
from tests.support.web import Json, Person, stripe_says
from web.routes.admin.machines import machines

SHIP: Json = {
    "signal": "ship",
    "fields": {"carrier": "DHL", "trackingNumber": "JJD01"},
    "reason": "packed",
}


NO_AMOUNT = {"currency": None, "major": None}


def post(person: Person, path: str, body: object, **headers: str) -> TestResponse:
    return person.client.post(
        f"/admin/executions/{path}", json=body, headers=person.headers | headers
    )


def version_of(order_id: UUID) -> int:
    with transaction() as session:
        return session.get_one(Order, order_id, populate_existing=True).version


def everything() -> list[int]:
    """Return the numbers of all rows that a signal may write."""
    tables = (Transition, ActivityRow, Shipment, Refund, StockMove, AuditRow)
    with transaction() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_a_preview_shows_what_shipping_would_write_and_writes_nothing(
    clerk: Person, confirmed: UUID, committed: list[Committed]
) -> None:
    before, commits = everything(), len(committed)
    response = post(clerk, f"order/{confirmed}/preview", SHIP)
    assert response.status_code == 200
    shown = response.get_json()
    assert (shown["allowed"], shown["refusal"]) == (True, None)
    assert (shown["state"], shown["emails"]) == ("Shipped", ["emails.order_shipped"])
    writes = {(write["table"], write["kind"]): write["changes"] for write in shown["writes"]}
    assert set(writes) == {("orders", "update"), ("shipment", "insert")}
    state = {"field": "state", "before": "Confirmed", "after": "Shipped"}
    assert state | NO_AMOUNT in writes["orders", "update"]
    carrier = {"field": "carrier", "before": None, "after": "DHL"}
    assert carrier | NO_AMOUNT in writes["shipment", "insert"]
    assert (everything(), len(committed)) == (before, commits)
    assert version_of(confirmed) == shown["version"] - 1


def test_a_preview_of_a_cancellation_shows_the_refund_and_the_stock(
    clerk: Person, confirmed: UUID
) -> None:
    before = everything()
    shown = post(clerk, f"order/{confirmed}/preview", {"signal": "cancel"}).get_json()
    assert shown["activities"] == ["refunds.submit"]
    tables = {(write["table"], write["kind"]) for write in shown["writes"]}
    assert {("refund", "insert"), ("stock_move", "insert")} <= tables
    partial = {"signal": "refund", "fields": {"amount": 12.5}}
    shown = post(clerk, f"order/{confirmed}/preview", partial).get_json()
    (write,) = [each for each in shown["writes"] if each["table"] == "refund"]
    amount: Json = {"field": "amount", "before": None, "after": 1250, "currency": "usd"}
    amount["major"] = {"before": None, "after": 12.5}
    assert amount in write["changes"]
    assert (shown["state"], everything()) == ("Confirmed", before)


def test_a_refused_preview_says_why(clerk: Person, placed: UUID) -> None:
    shown = post(clerk, f"order/{placed}/preview", {"signal": "deliver"}).get_json()
    assert (shown["allowed"], shown["writes"]) == (False, [])
    assert shown["refusal"] == "order is Pending: no arrow for deliver"
    assert (shown["state"], shown["version"]) == ("Pending", 1)


def test_no_secret_is_in_a_preview(clerk: Person, confirmed: UUID) -> None:
    text = post(clerk, f"order/{confirmed}/preview", SHIP).get_data(as_text=True)
    assert "client_secret" not in text
    assert "request_hash" not in text


def test_a_signal_ships_the_order_once(clerk: Person, confirmed: UUID) -> None:
    body = SHIP | {"ifVersion": version_of(confirmed)}
    first = post(clerk, f"order/{confirmed}/signals", body)
    assert first.status_code == 200, first.get_json()
    assert (first.get_json()["state"], first.get_json()["stateKind"]) == ("Shipped", "done")
    again = post(clerk, f"order/{confirmed}/signals", body)
    assert again.status_code == 409
    assert f"{clerk.user.id} sent ship" in again.get_json()["detail"]
    audit = (str(clerk.user.id), "machines signal", str(confirmed))
    details = {"machine": "order", "signal": "ship", "reason": "packed", "fields": SHIP["fields"]}
    assert read_audit() == [(*audit, details)]
    entries = first.get_json()["timeline"]
    shipped = next(entry for entry in entries if entry["title"] == "ship")
    assert (shipped["actorEmail"], shipped["reason"]) == (clerk.user.email, "DHL JJD01")
    assert "audit" in {entry["kind"] for entry in entries}


def test_a_refund_needs_a_key_and_is_made_once(clerk: Person, confirmed: UUID) -> None:
    body: Json = {"signal": "refund", "fields": {"amount": "10.00"}, "reason": "a scratch"}
    body |= {"ifVersion": version_of(confirmed)}
    path = f"order/{confirmed}/signals"
    without = post(clerk, path, body)
    assert (without.status_code, without.get_json()["errors"][0]["field"]) == (
        422,
        "Idempotency-Key",
    )
    for _ in range(2):
        assert post(clerk, path, body, **{"Idempotency-Key": "k"}).status_code == 200
    with transaction() as session:
        assert session.scalars(select(Refund.amount)).all() == [1000]
    assert len(read_audit("machines signal")) == 1
    other = body | {"fields": {"amount": "11.00"}}
    assert post(clerk, path, other, **{"Idempotency-Key": "k"}).status_code == 422


def test_a_large_refund_needs_a_recent_sign_in(clerk: Person, ann: Person, lamp: Product) -> None:
    lines = [{"productId": lamp.id, "quantity": 6}]
    order_id = UUID(ann.order(lamp, items=lines).get_json()["orderId"])
    stripe_says(order_id, PaymentSignal.INITIATED, "requires_payment_method")
    stripe_says(order_id, PaymentSignal.SUCCEEDED, "succeeded", amount_received=30_400)
    sign_in_long_ago(clerk)
    before = everything()
    body = {"signal": "cancel", "reason": "asked", "ifVersion": version_of(order_id)}
    assert needs_step_up(post(clerk, f"order/{order_id}/signals", body))
    assert everything() == before


def test_only_admins_send_raw_signals_and_close_payments(
    clerk: Person, admin: Person, confirmed: UUID
) -> None:
    raw = {"signal": "refunded", "reason": "by hand", "ifVersion": version_of(confirmed)}
    assert post(clerk, f"order/{confirmed}/signals", raw).status_code == 403
    accept = raw | {"signal": "accept"}
    assert post(clerk, f"order/{confirmed}/signals", accept).status_code == 403
    answer = post(admin, f"order/{confirmed}/signals", raw)
    assert (answer.status_code, answer.get_json()["state"]) == (200, "Cancelled")


def test_a_raw_signal_needs_a_recent_sign_in(admin: Person, confirmed: UUID) -> None:
    raw = {"signal": "refunded", "reason": "by hand", "ifVersion": version_of(confirmed)}
    sign_in_long_ago(admin)
    before = everything()
    assert needs_step_up(post(admin, f"order/{confirmed}/signals", raw))
    assert everything() == before


def test_a_failed_erasure_is_repeated_with_the_address(admin: Person, ann: Person) -> None:
    with caused_by("test", "erasure"), transaction():
        erasure = Erasure(user_id=ann.user.id)
        ErasureMachine.begin(erasure, ErasureSignal.REQUEST, secret=ann.user.email)
    with caused_by("test", "erasure"), transaction():
        row = ErasureMachine.lock([erasure.id])[erasure.id]
        ErasureMachine.send(row, ErasureSignal.GIVE_UP)
    body = {"signal": "retry", "reason": "SendGrid is back", "ifVersion": 2}
    answer = post(admin, f"erasure/{erasure.id}/signals", body)
    assert (answer.status_code, answer.get_json()["state"]) == (200, "Requested")
    with transaction() as session:
        query = select(ActivityRow.secret).where(ActivityRow.subject_id == erasure.id)
        assert set(session.scalars(query)) == {ann.user.email}


def test_a_refused_signal_is_a_conflict_and_changes_nothing(clerk: Person, placed: UUID) -> None:
    before = everything()
    body = {"signal": "deliver", "reason": "arrived", "ifVersion": 1}
    response = post(clerk, f"order/{placed}/signals", body)
    assert response.status_code == 409
    assert response.get_json()["detail"] == "order is Pending: no arrow for deliver"
    assert everything() == before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"signal": ""}, "signal"), ({"signal": "fly"}, "signal"), ({"signal": 7}, "signal"),
        ({"reason": ""}, "reason"), ({"reason": "x" * 501}, "reason"), ({"reason": None}, "reason"),
        ({"reason": "x" * 10_000}, "reason"), ({"reason": "a\x00b"}, "reason"),
        ({"ifVersion": None}, "ifVersion"), ({"ifVersion": "3"}, "ifVersion"),
        ({"ifVersion": -1}, "ifVersion"), ({"ifVersion": 2**40}, "ifVersion"),
        ({"fields": {"carrier": "DHL"}}, "fields.trackingNumber"), ({"fields": []}, "fields"),
        ({"fields": {"carrier": "", "trackingNumber": "1"}}, "fields.carrier"),
        ({"fields": {"carrier": "x" * 201, "trackingNumber": "1"}}, "fields.carrier"),
        ({"fields": {"carrier": 7, "trackingNumber": "1"}}, "fields.carrier"),
        ({"fields": SHIP["fields"] | {"colour": "red"}}, "fields"),
        ({"signal": "refund", "fields": {"amount": "much"}}, "amount"),
        ({"signal": "refund", "fields": {"amount": -5}}, "amount"),
        ({"signal": "refund", "fields": {"amount": 59.001}}, "amount"),
        ({"signal": "refund", "fields": {"amount": 1000}}, "amount"),
        ({"signal": "cancel"}, "fields"), ({"colour": "red"}, "colour"),
    ],
)  # fmt: skip
def test_a_bad_request_is_named_and_changes_nothing(
    clerk: Person, confirmed: UUID, changes: Json, field: str
) -> None:
    before, version = everything(), version_of(confirmed)
    body = SHIP | {"ifVersion": version} | changes
    path = f"order/{confirmed}/signals"
    response = post(clerk, path, body, **{"Idempotency-Key": uuid4().hex})
    assert response.status_code == 422, response.get_json()
    assert response.get_json()["errors"][0]["field"].split(".{")[0] == field
    assert (everything(), version_of(confirmed)) == (before, version)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"order/{ABSENT}/signals", 404), (f"order/{ABSENT}/preview", 404),
        (f"unicorn/{ABSENT}/signals", 404), ("order/7/signals", 422),
    ],
)  # fmt: skip
def test_a_thing_that_is_not_there_is_not_found(
    clerk: Person, app: Flask, path: str, status: int
) -> None:
    body = SHIP | ({"ifVersion": 1} if path.endswith("signals") else {})
    assert post(clerk, path, body).status_code == status


def test_the_id_of_another_machine_is_not_found(clerk: Person, confirmed: UUID) -> None:
    body = {"signal": "close", "reason": "x", "ifVersion": 1}
    assert post(clerk, f"payment/{confirmed}/preview", {"signal": "close"}).status_code == 404
    assert clerk.get(f"/admin/executions/payment/{confirmed}").status_code == 404
    assert body


def test_a_machine_of_another_trade_has_previews_and_signals(admin: Person, app: Flask) -> None:
    with transaction(), caused_by("test", "here"):
        parcel = Parcel(label="Main St")
        ParcelMachine.begin(parcel, Sig.PACK)
    path = f"test_parcel/{parcel.id}"
    shown = post(admin, f"{path}/preview", {"signal": "lose"}).get_json()
    assert (shown["state"], shown["writes"][0]["table"]) == ("Lost", "test_parcel")
    body = {"signal": "lose", "reason": "gone", "ifVersion": 1}
    assert post(admin, f"{path}/signals", body).get_json()["state"] == "Lost"


def test_an_earlier_version_shows_the_family_of_that_time(clerk: Person, confirmed: UUID) -> None:
    first = clerk.get(f"/admin/executions/order/{confirmed}/versions/1").get_json()
    assert (first["version"], first["isCurrent"], first["transition"]["title"]) == (
        1,
        False,
        "place",
    )
    assert ("state", "Pending") in [(fact["name"], fact["value"]) for fact in first["row"]]
    second = clerk.get(f"/admin/executions/order/{confirmed}/versions/2").get_json()
    assert second["isCurrent"]
    change = {"field": "state", "before": "Pending", "after": "Confirmed"}
    assert change | NO_AMOUNT in second["changes"]
    assert [(each["machine"], each["state"]) for each in second["family"]] == [
        ("payment", "Success")
    ]
    for version, status in ((3, 404), (0, 422), ("x", 422), (2**40, 422)):
        path = f"/admin/executions/order/{confirmed}/versions/{version}"
        assert clerk.get(path).status_code == status


def test_machines_show_their_tables_with_live_counts(clerk: Person, confirmed: UUID) -> None:
    with transaction():
        a_login()
    machines.forget()
    shown = {each["name"]: each for each in clerk.get("/admin/machines").get_json()}
    order = shown["order"]
    states = {state["name"]: state for state in order["states"]}
    assert states["Confirmed"]["count"] == {"number": 1, "isExact": True}
    assert (states["Confirmed"]["kind"], states["Delivered"]["isFinal"]) == ("good", True)
    assert states["Pending"]["p50Seconds"] is not None
    arrows = {(each["signal"], each["source"]): each for each in order["arrows"]}
    assert arrows["place", None]["lastHour"] == arrows["paid", "Pending"]["lastHour"] == 1
    assert arrows["ship", "Confirmed"]["activities"] == ["emails.order_shipped"]
    assert set(order["operatorSignals"]) == {"accept", "cancel", "deliver", "ship", "refund"}
    assert set(order["bulkSignals"]) == {"accept", "cancel", "deliver"}
    assert (order["stranded"], order["verify"]) == (0, None)
    assert shown["login"]["deadlines"][0]["signal"] == "expire"
    assert {"test_parcel", "payment", "bulk"} <= set(shown)
