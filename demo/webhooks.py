"""What Stripe does with an event, by hand: so that it can be late, and doubled."""

import hashlib
import hmac
import json

import requests

from demo.buyer import Addresses, Json, wait_for
from models import clock

# Nobody answered, or not to the end.
LOST = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


def success_event(at: Addresses, order: Json) -> Json | None:
    """The event that says that `order` was paid, as the sandbox has it; None before that."""
    answer = requests.get(
        f"{at.sandbox}/v1/events",
        params={"type": "payment_intent.succeeded", "limit": "100"},
        auth=("sk_test_sandbox", ""),
        timeout=10,
    )
    events: list[Json] = answer.json()["data"]
    orders = (e for e in events if e["data"]["object"]["metadata"]["orderId"] == order["orderId"])
    return next(orders, None)


def signed(event: Json, secret: str) -> tuple[str, dict[str, str]]:
    """The body of a webhook and its headers, good for some minutes.

    Source: https://docs.stripe.com/webhooks#verify-manually
    """
    body, moment = json.dumps(event), int(clock.now().timestamp())
    text = f"{moment}.{body}".encode()
    signature = hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
    headers = {"Stripe-Signature": f"t={moment},v1={signature}", "Content-Type": "application/json"}
    return body, headers


def deliver(at: Addresses, event: Json, secret: str) -> int:
    """Post an event, signed, again when nobody answers; the HTTP status of the answer."""
    body, headers = signed(event, secret)
    url = f"{at.order}/order/webhook"

    def post() -> int | None:
        try:
            return requests.post(url, data=body, headers=headers, timeout=10).status_code
        except LOST:
            return None

    return wait_for(post, "an answer to the webhook")
