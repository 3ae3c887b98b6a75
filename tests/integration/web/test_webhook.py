"""Tests of the webhooks of Stripe and SendGrid."""

import json
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from stripe import WebhookSignature

from config import settings
from models import (
    ActivityRow,
    ActivityState,
    Notice,
    NoticeKind,
    Payment,
    Product,
    SignalState,
    transaction,
)
from models.clock import now
from state_machines import PaymentMachine
from state_machines.durable import Activity, Priority, executor, inbox
from state_machines.payment import PaymentSignal
from tests.support.stripe import Stripe
from tests.support.web import Person, a_payment_event, all_signals, deliver, stripe_says


def run(name: str) -> None:
    with transaction() as session:
        pending = select(ActivityRow.id).where(
            ActivityRow.name == name, ActivityRow.state == ActivityState.PENDING
        )
        ids = session.scalars(pending).all()
    executor.run(name, ids)


def paid(ann: Person, lamp: Product) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a paid order and Stripe's event about it."""
    placed = ann.order(lamp).get_json()
    run("payments.create_intent")
    with transaction() as session:
        payment = session.scalars(
            select(Payment).where(Payment.order_id == UUID(placed["orderId"]))
        ).one()
    Stripe().confirm(payment)
    (event,) = Stripe().events(payment, "payment_intent.succeeded")
    return placed, event


def test_a_payment_confirms_the_order_once(ann: Person, lamp: Product) -> None:
    placed, event = paid(ann, lamp)
    for _ in range(3):
        answer = deliver(ann.client, event)
        assert (answer.status_code, answer.get_json()) == (200, {"received": True})
        run("payments.retrieve_intent")
    status = ann.get(f"/order/status/{placed['referenceId']}").get_json()
    assert status["status"] == "Confirmed"
    (row,) = all_signals()
    assert (row.state, row.subject_id) == (SignalState.APPLIED, UUID(placed["orderId"]))


def test_a_customer_who_has_paid_waits_behind_no_poll(ann: Person, lamp: Product) -> None:
    _, event = paid(ann, lamp)
    assert deliver(ann.client, event).status_code == 200
    with transaction() as session:
        pending = select(ActivityRow.name).where(ActivityRow.state == ActivityState.PENDING)
        name = session.scalars(pending).one()
    assert Activity.registry[name].priority == Priority.INTERACTIVE
    assert PaymentMachine.poll is not None
    assert Activity.registry[PaymentMachine.poll.do].priority == Priority.BACKGROUND


def test_an_event_confirms_nothing_before_the_intent_is_retrieved(
    ann: Person, lamp: Product
) -> None:
    placed = ann.order(lamp).get_json()
    run("payments.create_intent")
    with transaction() as session:
        payment = session.scalars(select(Payment)).one()
    for kind in ("succeeded", "canceled"):
        event = a_payment_event(f"payment_intent.{kind}", order_id=placed["orderId"])
        event["data"]["object"] |= {"id": payment.intent_id, "status": kind}
        assert deliver(ann.client, event).status_code == 200
        run("payments.retrieve_intent")
        status = ann.get(f"/order/status/{placed['referenceId']}").get_json()
        assert (status["status"], status["payment"]["status"]) == ("Pending", "Initiated"), kind


def test_the_captured_amount_is_that_of_the_retrieved_intent(ann: Person, lamp: Product) -> None:
    placed, event = paid(ann, lamp)
    event["data"]["object"]["amount_received"] = 1
    assert deliver(ann.client, event).status_code == 200
    run("payments.retrieve_intent")
    status = ann.get(f"/order/status/{placed['referenceId']}").get_json()
    assert status["status"] == "Confirmed"


@pytest.mark.parametrize(
    "strange",
    [{"account": "acct_other"}, {"created": int(now().timestamp()) + 3600}],
    ids=["of another account", "of the future"],
)
def test_an_event_of_another_account_is_stored_and_changes_nothing(
    ann: Person, lamp: Product, strange: dict[str, Any]
) -> None:
    placed, event = paid(ann, lamp)
    assert deliver(ann.client, event | strange).status_code == 200
    run("payments.retrieve_intent")
    (row,) = all_signals()
    assert row.state == SignalState.IGNORED
    assert any(word in str(row.last_error) for word in ("acct_other", "future"))
    status = ann.get(f"/order/status/{placed['referenceId']}").get_json()
    assert status["status"] == "Pending"


def test_a_thin_event_has_a_notice(client: FlaskClient) -> None:
    thin = {
        "id": "evt_test_1",
        "object": "v2.core.event",
        "type": "v1.payment_intent.succeeded",
        "created": "2026-11-27T10:00:00.000Z",
        "livemode": False,
        "related_object": {"id": "pi_1", "type": "payment_intent"},
    }
    assert deliver(client, thin).status_code == 200
    assert [row.state for row in all_signals()] == [SignalState.IGNORED]
    with transaction() as session:
        (row,) = session.scalars(select(Notice))
    assert (row.kind, row.subject) == (NoticeKind.UNREAD_EVENT, "v1.payment_intent.succeeded")


def test_an_event_about_an_unknown_order_is_stored(client: FlaskClient) -> None:
    assert deliver(client, a_payment_event()).status_code == 200
    assert deliver(client, a_payment_event(order_id="nonsense")).status_code == 200
    assert {row.state for row in all_signals()} == {SignalState.UNMATCHED}


def test_an_event_of_an_unknown_kind_is_stored(client: FlaskClient) -> None:
    assert deliver(client, a_payment_event("customer.created")).status_code == 200
    assert [row.state for row in all_signals()] == [SignalState.IGNORED]


@pytest.mark.parametrize(
    ("kind", "thing"),
    [
        ("payment_intent.succeeded", {}),
        ("payment_intent.succeeded", {"object": "charge", "id": "ch_1"}),
        ("payment_intent.succeeded", {"object": "payment_intent", "id": "pi_1"}),
        ("refund.updated", {"object": "refund", "id": "re_1", "status": "lost"}),
        ("charge.refunded", {"object": "charge", "amount_refunded": "all"}),
        ("charge.dispute.created", {"object": "dispute", "id": 7}),
        ("charge.dispute.created", []),
    ],
)
def test_an_event_that_does_not_match_its_kind_has_a_notice(
    client: FlaskClient, kind: str, thing: Any
) -> None:
    assert deliver(client, a_payment_event(kind, data={"object": thing})).status_code == 200
    (row,) = all_signals()
    assert (row.state, row.subject_id) == (SignalState.FAILED, None)
    assert row.last_error
    assert kind in row.last_error


def test_an_event_that_cannot_be_applied_is_stored_for_later(ann: Person, lamp: Product) -> None:
    placed, _ = paid(ann, lamp)
    inquiry: dict[str, Any] = {
        "id": "dp_1",
        "object": "dispute",
        "status": "needs_response",
        "amount": 5900,
    }
    inquiry |= {"currency": "usd", "reason": "fraudulent"}
    with transaction() as session:
        intent_id = session.scalars(select(Payment.intent_id)).one()
        # The database refuses it, whatever the code wants.
        session.execute(text("ALTER TABLE dispute ADD CONSTRAINT no_more CHECK (amount < 0)"))
    event = a_payment_event(
        "charge.dispute.created", data={"object": inquiry | {"payment_intent": intent_id}}
    )
    try:
        assert deliver(ann.client, event).status_code == 200
        assert [row.state for row in all_signals()] == [SignalState.STORED]
    finally:
        with transaction() as session:
            session.execute(text("ALTER TABLE dispute DROP CONSTRAINT no_more"))
    inbox.apply_stored(10)
    assert [row.state for row in all_signals()] == [SignalState.APPLIED]
    assert [row.subject_id for row in all_signals()] == [UUID(placed["orderId"])]


def test_a_signature_dated_in_the_future_is_refused(client: FlaskClient) -> None:
    early = int(now().timestamp()) + 400
    assert deliver(client, a_payment_event(), at=early).status_code == 400
    assert deliver(client, a_payment_event(), at=early - 200).status_code == 200
    assert len(all_signals()) == 1


def test_a_forged_event_changes_nothing(client: FlaskClient) -> None:
    late, early = int(now().timestamp()) - 301, int(now().timestamp())
    assert deliver(client, a_payment_event(), secret="whsec_forged").status_code == 400
    assert deliver(client, a_payment_event(), at=late).status_code == 400
    body = json.dumps(a_payment_event())
    signature = WebhookSignature.generate_signature_header(
        body, settings.stripe_webhook_secrets[0], early
    )
    for header in ("", "nonsense", "t=1", f"t={early},v1=00", signature):
        answer = client.post(
            "/order/webhook", data=body + " ", headers={"Stripe-Signature": header}
        )
        assert answer.status_code == 400
        assert answer.mimetype == "application/problem+json"
    assert client.post("/order/webhook", data=b"\xff").status_code == 400
    assert all_signals() == []


@pytest.mark.parametrize(
    "event",
    ["{", "[]", "7", "null", "{}", '{"id": 1, "type": "x"}', '{"id": "evt_1"}', "[" * 9000],
)
def test_a_signed_body_that_is_not_an_event_is_refused(client: FlaskClient, event: str) -> None:
    assert deliver(client, event).status_code == 400
    assert all_signals() == []


@pytest.mark.parametrize(
    ("unstorable", "kept_as"),
    [
        (r'"\u0000"', "\ufffd"),
        (r'"\ud800"', "\ufffd"),
        ("1e400000", "inf"),
        ("NaN", "nan"),
        ("9" * 5000, "inf"),
        ("[" * 200 + "]" * 200, None),
    ],
    ids=["nul", "half a character", "a number too large", "no number", "5000 digits", "too deep"],
)
def test_an_event_with_text_that_cannot_be_stored_is_applied(
    ann: Person, lamp: Product, unstorable: str, kept_as: str | None
) -> None:
    placed = ann.order(lamp).get_json()
    event = a_payment_event(order_id=placed["orderId"], note="?")
    for _ in range(2):
        answer = deliver(ann.client, json.dumps(event).replace('"?"', unstorable))
        assert answer.status_code == 200
    (row,) = all_signals()
    assert (row.state, row.external_id) == (SignalState.APPLIED, event["id"])
    payload = row.payload or {}
    assert kept_as in (None, payload["note"])
    assert payload["data"] == event["data"]


@pytest.mark.parametrize(
    "event_id", [r"evt_\u0000", r"evt_\ud800", "evt_" + "x" * 9000], ids=["nul", "half", "long"]
)
def test_an_event_with_an_id_that_cannot_be_stored_is_stored_once(
    client: FlaskClient, event_id: str
) -> None:
    body = json.dumps(a_payment_event("customer.created", id="?")).replace("?", event_id)
    assert [deliver(client, body).status_code for _ in range(2)] == [200, 200]
    assert [row.state for row in all_signals()] == [SignalState.IGNORED]


def test_a_decline_with_text_that_cannot_be_stored_is_recorded(ann: Person, lamp: Product) -> None:
    placed = ann.order(lamp, wait=0).get_json()
    order_id = UUID(placed["orderId"])
    stripe_says(order_id, PaymentSignal.INITIATED, "requires_payment_method")
    event = a_payment_event("payment_intent.payment_failed", order_id=placed["orderId"])
    event["data"]["object"] |= {
        "id": f"pi_{order_id.hex}",
        "status": "requires_payment_method",
        "last_payment_error": {"decline_code": "do_not\x00_honor\ud800"},
    }
    assert deliver(ann.client, event).status_code == 200
    assert [row.state for row in all_signals()] == [SignalState.APPLIED]
    status = ann.get(f"/order/status/{placed['referenceId']}").get_json()
    assert status["payment"]["status"] == "Declined"


def test_an_event_of_the_other_mode_is_refused(client: FlaskClient) -> None:
    assert deliver(client, a_payment_event(livemode=True)).status_code == 400
    assert all_signals() == []


def test_a_huge_event_is_refused(client: FlaskClient) -> None:
    assert deliver(client, a_payment_event(padding="x" * 256 * 1024)).status_code == 413
    assert all_signals() == []
