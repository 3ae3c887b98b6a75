"""Tests of the sandbox's memory: a killed sandbox restarts with the same data."""

from pathlib import Path
from typing import Any

import requests
from sendgrid import SendGridAPIClient
from sendgrid.helpers.mail import Mail

from tests.support.sandbox import Receiver, Sandbox, eventually

INTENT: Any = {"amount": 2000, "currency": "usd", "metadata": {"orderId": "1"}}


def test_a_killed_sandbox_loses_nothing(sandbox: Sandbox, receiver: Receiver) -> None:
    first = sandbox.intents.create(INTENT, {"idempotency_key": "k"})
    paid = sandbox.paid_intent()
    sandbox.client.v1.refunds.create({"payment_intent": paid.id, "amount": 300})
    mail = Mail("shop@example.com", "ann@example.com", "Hello", "Hi", "<p>Hi</p>")
    SendGridAPIClient("SG.sandbox", host=sandbox.url).send(mail)
    key = requests.get(f"{sandbox.url}/sendgrid/public_key", timeout=60).text
    events = sandbox.client.v1.events
    assert eventually(lambda: not events.list({"delivery_success": False}).data)
    posts = len(receiver.posts)
    ledger, emails = sandbox.ledger(), sandbox.mail()

    sandbox.end(kill=True)
    sandbox.start()

    assert sandbox.ledger() == ledger
    assert sandbox.mail() == emails
    assert requests.get(f"{sandbox.url}/sendgrid/public_key", timeout=60).text == key
    again = sandbox.intents.create(INTENT, {"idempotency_key": "k"})
    assert again.to_dict() == first.to_dict()
    rest = sandbox.client.v1.refunds.create({"payment_intent": paid.id})
    assert rest.amount == 1700
    assert eventually(lambda: len(receiver.posts) == posts + 2)


def test_an_incomplete_last_line_is_ignored(sandbox: Sandbox, tmp_path: Path) -> None:
    intent = sandbox.new_intent()
    sandbox.end(kill=True)
    with (tmp_path / "data" / "journal.jsonl").open("a") as log:
        log.write('["Intent",{"id":"pi_torn"')
    sandbox.start()
    assert list(sandbox.ledger()) == [intent.id]
    later = sandbox.new_intent()
    sandbox.end(kill=True)
    sandbox.start()
    assert list(sandbox.ledger()) == [intent.id, later.id]


def test_the_sandbox_stops_on_request_with_pending_webhooks(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    receiver.status = 500
    sandbox.new_intent()
    assert sandbox.end() == 0


def test_the_pages_of_the_sandbox_answer(shared: Sandbox) -> None:
    assert requests.get(f"{shared.url}/health", timeout=60).json() == {"status": "ok"}
    assert "/ledger.json" in requests.get(f"{shared.url}/", timeout=60).text
    script = requests.get(f"{shared.url}/stripe.js", timeout=60)
    assert script.headers["Content-Type"].startswith(("text/javascript", "application/javascript"))
    assert "window.Stripe" in script.text
