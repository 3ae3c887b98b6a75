"""Whatever the sandbox answers has the fields, the types and the values of Stripe's package."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import stripe

from sandbox.cards import BY_TOKEN
from sandbox.stripe_api.bank import API_VERSION
from tests.sandbox.shapes import against_error, differences
from tests.support.sandbox import SECRET_KEY, Sandbox, eventually

EXPANDED = "expand[]=data.latest_charge&expand[]=data.payment_method"
LISTS = (
    f"payment_intents?limit=100&{EXPANDED}",
    "charges?limit=100&expand[]=data.payment_intent",
    "refunds?limit=100",
    "disputes?limit=100",
    "events?limit=100",
    "webhook_endpoints?limit=100",
    "payment_intents/search?query=status:'succeeded'&limit=3",
)


def get(sandbox: Sandbox, path: str) -> Any:
    headers = {"Authorization": f"Bearer {SECRET_KEY}"}
    answer = requests.get(f"{sandbox.url}/v1/{path}", headers=headers, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def busy() -> Iterator[Sandbox]:
    """Yield a sandbox in which every effect of its cards has happened."""
    sandbox = Sandbox("--settle-seconds", "0.1")
    try:
        _play(sandbox)
        yield sandbox
    finally:
        sandbox.end()


def _play(sandbox: Sandbox) -> None:
    for token in BY_TOKEN:
        form = {"payment_method": token, "return_url": "https://shop.example"}
        intent = sandbox.new_intent(currency="kwd" if "visa" in token else "usd")
        sandbox.post(f"/v1/payment_intents/{intent.id}/confirm", **form)
        refund = {"payment_intent": intent.id, "amount": "100", "reason": "duplicate"}
        if "Dispute" not in token:
            sandbox.post("/v1/refunds", **refund)
    form = {"payment_method": "pm_card_authenticationRequired", "use_stripe_sdk": "true"}
    sandbox.post(f"/v1/payment_intents/{sandbox.new_intent().id}/confirm", **form)
    endpoint = {"url": "https://shop.example/order/webhook", "enabled_events[]": "refund.failed"}
    sandbox.post("/v1/webhook_endpoints", **endpoint, api_version=API_VERSION)
    canceled = sandbox.new_intent()
    sandbox.intents.cancel(canceled.id, {"cancellation_reason": "abandoned"})
    disputes = eventually(lambda: _disputes(sandbox, 3))[::-1]
    answers = ("winning_evidence", "losing_evidence", "escalate_inquiry_evidence")
    for dispute, answer in zip(disputes, answers, strict=True):
        sandbox.client.v1.disputes.update(
            dispute["id"], {"evidence": {"uncategorized_text": answer}}
        )
    ends = {"won", "lost", "needs_response"}
    assert eventually(lambda: {dispute["status"] for dispute in _disputes(sandbox, 3)} == ends)


def _disputes(sandbox: Sandbox, number: int) -> list[Any]:
    """List the disputes, newest first, once there are `number` of them."""
    listed: list[Any] = get(sandbox, "disputes?limit=100")["data"]
    return listed if len(listed) == number else []


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.partition("?")[0])
def test_every_object_is_one_of_stripe_s(busy: Sandbox, path: str) -> None:
    answer = get(busy, path)
    assert answer["data"], "there is something to compare"
    assert differences(answer) == []


def test_every_kind_of_event_is_one_of_stripe_s(busy: Sandbox) -> None:
    kinds = {event["type"] for event in get(busy, "events?limit=100")["data"]}
    assert {"payment_intent.succeeded", "charge.refunded", "refund.failed"} <= kinds
    for kind in kinds:
        (event, *_) = get(busy, f"events?type={kind}")["data"]
        assert differences(event) == [], kind


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("payment_intents", {"amount": "1", "currency": "usd"}),
        ("payment_intents", {"amount": "500", "currency": "xyz"}),
        ("payment_intents/pi_0/cancel", {}),
        ("payment_intents", {"amount": "500", "currency": "usd", "confirm": "true",
                             "payment_method": "pm_card_chargeDeclined"}),
        ("refunds", {"payment_intent": "pi_0"}),
    ],
)  # fmt: skip
def test_every_error_is_one_of_stripe_s(shared: Sandbox, path: str, form: dict[str, str]) -> None:
    answer = shared.post(f"/v1/{path}", **form)
    assert 400 <= answer.status_code < 500
    assert against_error(answer.json()["error"]) == []


def test_the_comparison_finds_what_is_not_stripe_s(shared: Sandbox) -> None:
    refund = shared.client.v1.refunds.create({"payment_intent": shared.paid_intent().id})
    valid = get(shared, f"refunds/{refund.id}")
    assert differences(valid) == []
    invalid = {
        "amount": "100", "currency": None, "reason": "because", "colour": "red", "charge": 7,
        "destination_details": {"card": {"type": "cash"}, "type": "card"},
    }  # fmt: skip
    assert {what.split()[0].rstrip(":") for what in differences(valid | invalid)} == {
        "refund.amount", "refund.currency", "refund.reason", "refund.colour", "refund.charge",
        "refund.destination_details.card.type",
    }  # fmt: skip
    assert differences({name: value for name, value in valid.items() if name != "id"}) == [
        "refund.id is missing"
    ]


def test_the_package_is_generated_from_stripe_s_description() -> None:
    # In its newest version, which is the one that the sandbox answers in.
    assert stripe.api_version == API_VERSION
