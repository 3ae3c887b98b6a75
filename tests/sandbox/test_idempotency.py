"""Idempotency keys: the first executed answer is the answer for ever."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe

from tests.support.sandbox import Sandbox

INTENT: Any = {"amount": 2000, "currency": "usd", "metadata": {"orderId": "1"}}
# The ledger counts the intents of an order: that of one test alone.
INTENT_OF_ONE_ORDER: Any = {**INTENT, "metadata": {"orderId": "once"}}
DEARER: Any = {**INTENT, "amount": 2001}
TOO_SMALL: Any = {**INTENT, "amount": 1}


def test_the_same_request_is_executed_once(shared: Sandbox) -> None:
    first = shared.intents.create(INTENT_OF_ONE_ORDER, {"idempotency_key": "once"})
    again = shared.intents.create(INTENT_OF_ONE_ORDER, {"idempotency_key": "once"})

    assert again.to_dict() == first.to_dict()
    assert first.last_response is not None
    assert again.last_response is not None
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert shared.ledger()[first.id]["creates"] == 1


def test_other_parameters_or_another_endpoint_are_refused(shared: Sandbox) -> None:
    intent = shared.intents.create(INTENT, {"idempotency_key": "other"})

    with pytest.raises(stripe.IdempotencyError, match="same parameters") as refused:
        shared.intents.create(DEARER, {"idempotency_key": "other"})
    assert refused.value.http_status == 400
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        shared.intents.cancel(intent.id, None, {"idempotency_key": "other"})


def test_errors_of_execution_are_stored_and_errors_of_validation_are_not(shared: Sandbox) -> None:
    intent = shared.new_intent("declined")
    decline: Any = {"payment_method": "pm_card_chargeDeclined"}
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            shared.intents.confirm(intent.id, decline, {"idempotency_key": "declined"})
    assert shared.ledger()[intent.id]["confirms"] == 1

    with pytest.raises(stripe.InvalidRequestError):
        shared.intents.create(TOO_SMALL, {"idempotency_key": "small"})
    assert shared.intents.create(INTENT, {"idempotency_key": "small"}).amount == 2000


def test_simultaneous_requests_are_one_execution_and_a_conflict(sandbox: Sandbox) -> None:
    sandbox.faults(stripe={"latencyMs": 500})

    def create(_: int) -> str:
        try:
            return sandbox.intents.create(INTENT, {"idempotency_key": "k"}).id
        except stripe.APIError as conflict:
            body: Any = conflict.json_body
            return f"{conflict.http_status} {body['error']['code']}"

    with ThreadPoolExecutor(2) as threads:
        answers = sorted(threads.map(create, range(2)))
    assert answers[0] == "409 idempotency_key_in_use"
    assert list(sandbox.ledger()) == [answers[1]]
