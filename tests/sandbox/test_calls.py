"""Tests of the sandbox's counts: received and executed calls of each kind."""

from typing import Any

import pytest
import requests
import stripe

from tests.support.sandbox import Sandbox, eventually

INTENT: Any = {"amount": 2000, "currency": "usd", "metadata": {"orderId": "1"}}


def calls(sandbox: Sandbox, kind: str) -> tuple[int, int, int]:
    """Return how many calls were received, executed and replayed."""
    counts = requests.get(f"{sandbox.url}/calls.json", timeout=60).json()[kind]
    return counts["received"], counts["executed"], counts["replayed"]


def test_a_repeated_key_counts_as_a_replay(sandbox: Sandbox) -> None:
    key: Any = {"idempotency_key": "k"}
    intent = sandbox.intents.create(INTENT, key)
    sandbox.intents.create(INTENT, key)
    sandbox.intents.list()
    assert calls(sandbox, "creates") == (2, 1, 1)

    for _ in range(2):
        sandbox.intents.cancel(intent.id, None, {"idempotency_key": "c"})
    assert calls(sandbox, "cancels") == (2, 1, 1)
    assert sandbox.ledger()[intent.id]["cancels"] == 1


def test_a_refused_call_counts_as_received_only(sandbox: Sandbox) -> None:
    paid = sandbox.paid_intent()
    with pytest.raises(stripe.InvalidRequestError):
        sandbox.intents.cancel(paid.id)
    sandbox.faults(stripe={"errorRate": 1})
    with pytest.raises(stripe.APIError):
        sandbox.intents.create(INTENT)
    assert calls(sandbox, "cancels") == (1, 0, 0)
    assert calls(sandbox, "creates") == (2, 1, 0)
    assert sandbox.ledger()[paid.id]["cancels"] == 0


def test_a_call_with_a_lost_answer_counts_as_executed(sandbox: Sandbox) -> None:
    sandbox.faults(stripe={"timeoutRate": 1})
    with pytest.raises(stripe.APIConnectionError):
        sandbox.intents.create(INTENT)
    assert eventually(lambda: calls(sandbox, "creates") == (1, 1, 0))


def test_refunds_are_listed_by_the_shop_s_id(sandbox: Sandbox) -> None:
    paid = sandbox.paid_intent()
    for refund_id in ("a", "a", "b"):
        sandbox.client.v1.refunds.create(
            {"payment_intent": paid.id, "amount": 500, "metadata": {"refundId": refund_id}}
        )
    sandbox.client.v1.refunds.create({"payment_intent": paid.id})
    assert sandbox.ledger()[paid.id]["refundIds"] == ["a", "a", "b"]
    assert calls(sandbox, "refunds") == (4, 4, 0)


def test_emails_are_counted(sandbox: Sandbox) -> None:
    mail = {
        "personalizations": [{"to": [{"email": "a@example.com"}]}],
        "from": {"email": "shop@example.com"},
        "subject": "Hello",
        "content": [{"type": "text/plain", "value": "Hello"}],
    }
    for key in ("SG.key", "nothing"):
        headers = {"Authorization": f"Bearer {key}"}
        requests.post(f"{sandbox.url}/v3/mail/send", json=mail, headers=headers, timeout=60)
    assert calls(sandbox, "emails") == (2, 1, 0)
