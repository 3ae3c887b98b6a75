"""Tests of SendGrid's events about emails: each event of a batch is validated alone."""

import json
from typing import Any

from flask.testing import FlaskClient

from models import SignalState
from models.clock import now
from tests.support.web import all_signals, deliver_email_events


def test_a_bounce_reaches_the_waiting_sign_in(client: FlaskClient) -> None:
    login_id = client.post("/auth/login", json={"email": "a@example.com"}).get_json()["loginId"]
    bounce = {"sg_event_id": "e1", "event": "bounce", "loginId": login_id, "reason": "no such box"}
    delivered = {"sg_event_id": "e2", "event": "delivered"}
    for _ in range(2):
        assert deliver_email_events(client, [bounce, delivered]).status_code == 200
    assert {row.external_id: row.state for row in all_signals()} == {
        "e1": SignalState.APPLIED,
        "e2": SignalState.IGNORED,
    }
    status = client.get(f"/auth/login/{login_id}").get_json()
    assert status["codeStatus"] == "ERROR_SENDING_EMAIL"


def test_forged_email_events_change_nothing(client: FlaskClient) -> None:
    event = [{"sg_event_id": "e1", "event": "bounce"}]
    assert deliver_email_events(client, event, at=int(now().timestamp()) - 301).status_code == 400
    assert deliver_email_events(client, {"sg_event_id": "e1"}).status_code == 400
    headers = {"X-Twilio-Email-Event-Webhook-Signature": "AAAA"}
    headers["X-Twilio-Email-Event-Webhook-Timestamp"] = str(int(now().timestamp()))
    assert client.post("/order/email-events", json=event, headers=headers).status_code == 400
    assert client.post("/order/email-events", json=event).status_code == 400
    assert all_signals() == []


def test_a_bad_event_does_not_affect_the_rest_of_its_batch(client: FlaskClient) -> None:
    login_id = client.post("/auth/login", json={"email": "a@example.com"}).get_json()["loginId"]
    unsubscribe = {"event": "group_unsubscribe", "email": "a@example.com", "asm_group_id": 1}
    batch: list[Any] = [
        unsubscribe,
        "no object",
        None,
        [],
        {"sg_event_id": "e0"},
        {"sg_event_id": 7, "event": "open"},
        {"sg_event_id": "e1\x00", "event": "bounce", "reason": "\ud800", "loginId": login_id},
        {"sg_event_id": "e2", "event": "bounce", "loginId": ["no", "id"]},
        {"sg_event_id": "e3", "event": "bounce", "loginId": ""},
        {"sg_event_id": "e4", "event": "delivered"},
    ]
    for _ in range(2):
        assert deliver_email_events(client, batch).status_code == 200
    states = {row.external_id: row.state for row in all_signals()}
    assert len(states) == 6, "what has no id is known by what it says"
    assert states["e4"] == SignalState.IGNORED
    (odd,) = [key for key in states if key.startswith("e1")]
    assert states[odd] == SignalState.APPLIED
    assert {states["e2"], states["e3"]} == {SignalState.UNMATCHED}
    status = client.get(f"/auth/login/{login_id}").get_json()
    assert status["codeStatus"] == "ERROR_SENDING_EMAIL"


def test_a_batch_may_be_as_large_as_sendgrid_makes_them(client: FlaskClient) -> None:
    event = {"event": "delivered", "smtp-id": "x" * 1000}
    batch = [{"sg_event_id": f"e{number}"} | event for number in range(700)]
    assert len(json.dumps(batch)) > 700_000
    assert deliver_email_events(client, batch).status_code == 200
    assert len(all_signals()) == 700
    assert deliver_email_events(client, [event | {"smtp-id": "x" * 1024 * 1024}]).status_code == 413


def test_a_bounce_that_lost_its_arguments_is_matched_by_its_address(client: FlaskClient) -> None:
    login_id = client.post("/auth/login", json={"email": "a@example.com"}).get_json()["loginId"]
    other = {"sg_event_id": "e1", "event": "bounce", "email": "b@example.com"}
    bounce = {"sg_event_id": "e2", "event": "bounce", "email": "A@Example.com "}
    assert deliver_email_events(client, [other, bounce]).status_code == 200
    states = {row.external_id: row.state for row in all_signals()}
    assert states == {"e1": SignalState.IGNORED, "e2": SignalState.APPLIED}
    status = client.get(f"/auth/login/{login_id}").get_json()
    assert status["codeStatus"] == "ERROR_SENDING_EMAIL"
