"""Faults: validated, repeatable, and doing what they say."""

from typing import Any

import pytest
import requests
import stripe

from tests.support.sandbox import SECRET_KEY, Sandbox

INTENT: Any = {"amount": 2000, "currency": "usd", "metadata": {"orderId": "1"}}


def outcomes(sandbox: Sandbox, seed: int) -> list[int]:
    """Return the statuses of the same 30 requests."""
    sandbox.faults(seed=seed, stripe={"errorRate": 0.4, "rateLimitRate": 0.2})
    form = {"amount": "500", "currency": "usd"}
    return [sandbox.post("/v1/payment_intents", **form).status_code for _ in range(30)]


def test_the_same_seed_makes_the_same_faults(sandbox: Sandbox) -> None:
    first = outcomes(sandbox, 1)
    assert set(first) == {200, 429, 500}
    assert outcomes(sandbox, 1) == first
    assert outcomes(sandbox, 2) != first


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        ({"stripe": {"errorRate": 2}}, "stripe.errorRate"),
        ({"stripe": {"errorRate": "often"}}, "stripe.errorRate"),
        ({"stripe": {"webhook": {"delayMs": -1}}}, "stripe.webhook.delayMs"),
        ({"stripe": {"webhook": {"shuffle": 1}}}, "stripe.webhook.shuffle"),
        ({"stripe": {"webhook": []}}, "stripe.webhook"),
        ({"sendgrid": {"latencyMs": 1.5}}, "sendgrid.latencyMs"),
        ({"sendgrid": {"rateLimitRate": 0}}, "sendgrid.rateLimitRate"),
        ({"seed": None}, "seed"),
        ([], ""),
    ],
)
def test_a_bad_plan_changes_nothing(shared: Sandbox, plan: Any, field: str) -> None:
    url = f"{shared.url}/faults"
    before = requests.get(url, timeout=60).json()

    answer = requests.put(url, json=plan, timeout=60)

    assert answer.status_code == 422
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert requests.get(url, timeout=60).json() == before


def test_a_plan_is_shown_in_full(sandbox: Sandbox) -> None:
    sandbox.faults(seed=3, sendgrid={"bounceRate": 0.5})
    plan = requests.get(f"{sandbox.url}/faults", timeout=60).json()
    assert plan == {
        "seed": 3,
        "stripe": {
            "latencyMs": 0,
            "errorRate": 0,
            "timeoutRate": 0,
            "rateLimitRate": 0,
            "webhook": {"dropRate": 0, "duplicateRate": 0, "delayMs": 0, "shuffle": False},
        },
        "sendgrid": {"latencyMs": 0, "errorRate": 0, "timeoutRate": 0, "bounceRate": 0.5},
    }


def test_a_call_that_failed_may_be_repeated(sandbox: Sandbox) -> None:
    sandbox.faults(stripe={"errorRate": 1})
    with pytest.raises(stripe.APIError) as broken:
        sandbox.intents.create(INTENT, {"idempotency_key": "k"})
    assert broken.value.http_status == 500
    assert sandbox.ledger() == {}
    sandbox.faults()
    assert sandbox.intents.create(INTENT, {"idempotency_key": "k"}).id in sandbox.ledger()


def test_a_rate_limit_is_answered_in_stripes_format(sandbox: Sandbox) -> None:
    sandbox.faults(stripe={"rateLimitRate": 1})
    with pytest.raises(stripe.RateLimitError):
        sandbox.intents.create(INTENT)
    assert sandbox.ledger() == {}


def test_a_call_with_a_lost_answer_was_executed_and_can_be_repeated(sandbox: Sandbox) -> None:
    sandbox.faults(stripe={"timeoutRate": 1})
    with pytest.raises(stripe.APIConnectionError):
        sandbox.intents.create(INTENT, {"idempotency_key": "k"})
    assert len(sandbox.ledger()) == 1
    sandbox.faults()
    intent = sandbox.intents.create(INTENT, {"idempotency_key": "k"})
    assert list(sandbox.ledger()) == [intent.id]
    assert sandbox.ledger()[intent.id]["creates"] == 1


def test_no_input_breaks_the_server(shared: Sandbox) -> None:
    headers = {"Authorization": f"Bearer {SECRET_KEY}"}
    bodies = (
        b"\xff\xfe%", b"a[b=1&a[b][c]=2&[x]=1&amount[]=1&currency[]=usd",
        b"amount=1e9&currency=usd&metadata=x", b"amount=500&currency=usd&shipping=x",
        b"amount=500&currency=usd&expand[]=nonsense", b"amount=500&currency=usd&expand=x",
        b"amount=500&currency=usd&payment_method[a]=b",
        b"amount=500&currency=usd&payment_method_data[type]=card&payment_method_data[card]=1",
        b"amount=500&currency=usd&payment_method_data[type]=card&payment_method_data[card][x][y]=1",
        b"type=card&card[number][x]=1",
        b"type=card&card[number]=4242424242424242&card[cvc][x]=1",
    )  # fmt: skip
    for body in bodies:
        for path in ("/v1/payment_intents", "/v1/refunds", "/v1/payment_methods"):
            form = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
            answer = requests.post(f"{shared.url}{path}", data=body, headers=form, timeout=60)
            assert answer.status_code < 500, (path, body, answer.text)
    for query in ("limit=x", "limit=0", "created[x]=1", "starting_after=pi_x", "created=y"):
        url = f"{shared.url}/v1/payment_intents?{query}"
        assert requests.get(url, headers=headers, timeout=60).status_code in (400, 404), query
