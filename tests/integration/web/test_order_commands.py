"""Tests of the commands for orders."""

from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from models import (
    AuditRow,
    Order,
    OrderState,
    Product,
    Refund,
    transaction,
)
from state_machines.durable import inbox
from state_machines.payment import PaymentSignal
from tests.support.commands import flask, read
from tests.support.database import count_all_rows
from tests.support.factories import a_dispute
from tests.support.web import Person, stripe_says


def paid(person: Person, product: Product) -> str:
    """Return the reference of a paid order."""
    placed = person.order(product).get_json()
    stripe_says(UUID(placed["orderId"]), PaymentSignal.SUCCEEDED, "succeeded")
    return str(placed["referenceId"])


def test_an_order_is_shipped_and_delivered(shop: Flask, ann: Person, lamp: Product) -> None:
    reference = paid(ann, lamp)
    shipped = read(shop, "orders", "ship", reference, "--carrier", "DHL", "--tracking", "JJD0001")
    assert shipped["state"] == "Shipped"
    summary = ann.get(f"/order/summary/{shipped['id']}").get_json()
    assert (summary["shipment"]["carrier"], summary["shipment"]["trackingNumber"]) == (
        "DHL",
        "JJD0001",
    )
    assert summary["shipment"]["deliveredAt"] is None
    assert ann.delete(f"/order/{reference}").status_code == 409
    assert read(shop, "orders", "deliver", reference)["state"] == "Delivered"
    summary = ann.get(f"/order/summary/{shipped['id']}").get_json()
    assert summary["shipment"]["deliveredAt"] is not None
    audit = read(shop, "orders", "show", reference)[0]["history"]
    assert [(step["signal"], bool(step["actor"])) for step in audit[-2:]] == [
        ("ship", True),
        ("deliver", True),
    ]
    with transaction() as session:
        audited = session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
    assert [(row.action, row.subject) for row in audited] == [
        ("orders ship", shipped["id"]),
        ("orders deliver", shipped["id"]),
    ]
    assert audited[0].details == {"carrier": "DHL", "tracking": "JJD0001"}


def test_an_order_is_refunded_in_part_and_then_in_full(
    shop: Flask, ann: Person, lamp: Product
) -> None:
    reference = paid(ann, lamp)
    part = read(shop, "orders", "refund", reference, "--amount", "9.50", "--reason", "a scratch")
    assert (part["state"], part["left"]) == ("Confirmed", "$49.50")
    rest = read(shop, "orders", "refund", reference)
    assert (rest["state"], rest["left"]) == ("Cancelled", "$0.00")
    with transaction() as session:
        amounts = session.scalars(select(Refund.amount).order_by(Refund.id)).all()
        product = session.get_one(Product, lamp.id, populate_existing=True)
    assert amounts == [950, 4950]
    assert (product.stock, product.reserved) == (lamp.stock, 0), "it never left the house"
    summary = ann.get(f"/order/summary/{rest['id']}").get_json()
    assert [(refund["amount"], refund["status"]) for refund in summary["refunds"]] == [
        (9.5, "Requested"),
        (49.5, "Requested"),
    ]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--amount", "0"), "more than 0"),
        (("--amount", "-1"), "more than 0"),
        (("--amount", "59.01"), "at most $59.00"),
        (("--amount", "1.234"), "more decimals"),
        (("--amount", "NaN"), "not an amount such as 12.50"),
        (("--amount", "1e1"), "not an amount such as 12.50"),
        (("--amount", "five"), "not an amount such as 12.50"),
        (("--amount", "5", "--currency", "eur"), "must be usd"),
    ],
)
def test_an_invalid_refund_changes_nothing(
    shop: Flask, ann: Person, lamp: Product, options: tuple[str, ...], why: str
) -> None:
    reference = paid(ann, lamp)
    before = count_all_rows()
    refused = flask(shop, "orders", "refund", reference, *options)
    assert (refused.exit_code, why in refused.stderr) == (1, True), refused.stderr
    assert count_all_rows() == before


@pytest.mark.parametrize(
    "words",
    [
        ("ship", "REF", "--carrier", "DHL", "--tracking", "1"),
        ("deliver", "REF"),
        ("refund", "REF"),
        ("accept", "REF"),
        ("ship", "nothing", "--carrier", "DHL", "--tracking", "1"),
        ("cancel", "nothing"),
        ("refund", "nothing"),
        ("deliver", "01a208fd-0000-7000-8000-000000000000"),
    ],
)
def test_unpaid_and_unknown_orders_refuse_refunds_and_shipment(
    shop: Flask, ann: Person, lamp: Product, words: tuple[str, ...]
) -> None:
    reference = ann.order(lamp).get_json()["referenceId"]
    before = count_all_rows()
    refused = flask(shop, "orders", *(reference if word == "REF" else word for word in words))
    assert refused.exit_code == 1
    assert refused.stderr.startswith("Error: ")
    assert count_all_rows() == before


def test_a_parcel_needs_a_carrier_and_a_number(shop: Flask, ann: Person, lamp: Product) -> None:
    reference = paid(ann, lamp)
    assert flask(shop, "orders", "ship", reference).exit_code == 2
    nobody = flask(shop, "orders", "ship", reference, "--carrier", " ", "--tracking", "1")
    assert (nobody.exit_code, "--carrier" in nobody.stderr) == (2, True)
    broken = flask(shop, "orders", "ship", reference, "--carrier", "DHL", "--tracking", "1\n2")
    assert (broken.exit_code, "--tracking" in broken.stderr) == (2, True)


def test_orders_are_cancelled_before_and_after_the_payment(
    shop: Flask, ann: Person, lamp: Product
) -> None:
    unpaid = ann.order(lamp).get_json()["referenceId"]
    assert read(shop, "orders", "cancel", unpaid)["outcome"] == "closing"
    cancelled = read(shop, "orders", "cancel", paid(ann, lamp), "--reason", "out of glue")
    assert (cancelled["state"], cancelled["outcome"]) == ("Cancelled", "refunding")
    (whole,) = read(shop, "orders", "show", cancelled["id"])
    assert [refund["amount"] for refund in whole["refunds"]] == [5900]
    assert "out of glue" in {step["reason"] for step in whole["history"]}


def test_a_mispaid_order_waits_for_an_operator(shop: Flask, ann: Person, lamp: Product) -> None:
    for answer, state in (("accept", "Confirmed"), ("cancel", "Cancelled")):
        placed = ann.order(lamp).get_json()
        order_id = UUID(placed["orderId"])
        stripe_says(order_id, PaymentSignal.SUCCEEDED, "succeeded", amount_received=5000)
        status = ann.get(f"/order/status/{placed['referenceId']}").get_json()
        assert (status["status"], status["payment"]["status"]) == ("Pending", "Success")
        (notice,) = read(shop, "notices", "list")
        assert (notice["kind"], "$50.00 came" in notice["text"]) == ("mispaid", True)
        assert read(shop, "orders", answer, placed["referenceId"])["state"] == state
        assert read(shop, "notices", "list") == []


def test_a_dispute_blocks_the_shipment_and_the_refund(
    shop: Flask, ann: Person, lamp: Product
) -> None:
    reference = paid(ann, lamp)
    with transaction() as session:
        order = session.scalars(select(Order).where(Order.reference_id == reference)).one()
        dispute = a_dispute(order=order)
    for words in (("refund",), ("cancel",), ("ship", "--carrier", "a", "--tracking", "b")):
        refused = flask(shop, "orders", words[0], reference, *words[1:])
        assert (refused.exit_code, "dispute" in refused.stderr) == (1, True)
    (listed,) = read(shop, "disputes", "list", "--state", "NeedsResponse")
    assert listed["id"] == str(dispute.id)
    assert ann.delete(f"/order/{reference}").status_code == 409


def test_payments_refunds_and_disputes_are_listed_and_shown(
    shop: Flask, ann: Person, lamp: Product
) -> None:
    reference = paid(ann, lamp)
    flask(shop, "orders", "refund", reference, "--amount", "1")
    assert [row["state"] for row in read(shop, "orders", "list", "--state", "Confirmed")] == [
        OrderState.CONFIRMED
    ]
    assert read(shop, "orders", "list", "--email", "nobody@example.com") == []
    for form in (
        ann.user.email.upper(),
        f" {ann.user.email}",
        ann.user.email.replace("@", "\uff20"),
    ):
        assert len(read(shop, "orders", "list", "--email", form)) == 1
    for group, signals in (("payments", ["start", "succeeded"]), ("refunds", ["request"])):
        (row,) = read(shop, group, "list")
        (whole,) = read(shop, group, "show", row["id"])
        assert [step["signal"] for step in whole["history"]] == signals
        assert "history" in flask(shop, group, "show", row["id"]).output
        assert flask(shop, group, "show", str(uuid4())).exit_code == 1


def test_signals_are_shown_and_replayed(shop: Flask, app: Flask) -> None:
    inbox.receive("stripe", "evt_1", "payment_intent.succeeded", {"data": {"object": 1}})
    (row,) = read(shop, "signals", "list", "--state", "failed", "--source", "stripe")
    (whole,) = read(shop, "signals", "show", row["id"])
    assert whole["payload"] == {"data": {"object": 1}}
    assert flask(shop, "signals", "replay", row["id"]).exit_code == 0
    assert read(shop, "signals", "list")[0]["state"] == "stored"
    again = flask(shop, "signals", "replay", row["id"])
    assert (again.exit_code, "stored" in again.stderr) == (1, True)
    inbox.apply_stored(10)
    assert read(shop, "signals", "list")[0]["state"] == "failed", "it is what it was"


def test_a_reconciliation_is_started_and_listed(shop: Flask, ann: Person, lamp: Product) -> None:
    placed = ann.order(lamp).get_json()
    stripe_says(UUID(placed["orderId"]), PaymentSignal.INITIATED, "requires_payment_method")
    (begun,) = read(shop, "reconcile")
    assert begun["state"] == "Running"
    assert [row["id"] for row in read(shop, "reconcile", "--list")] == [begun["id"]]
    (activity,) = read(shop, "activities", "list", "--subject", begun["id"])
    assert activity["name"] == "reconciliation.events"
    (payment,) = read(shop, "payments", "list")
    (whole,) = read(shop, "payments", "show", payment["id"])
    assert whole["poll_at"] == begun["created_at"] or whole["poll_at"] < begun["created_at"]
    unfinished = flask(shop, "reconcile", "--wait", "1")
    assert (unfinished.exit_code, "Running" in unfinished.stderr) == (1, True)
