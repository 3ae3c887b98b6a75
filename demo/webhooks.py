"""Delivery of Stripe's events by hand, so that a story can deliver one late or several times."""

import hashlib
import hmac
import json

import requests

from demo.buyer import Json, wait_for
from launch.urls import Urls
from models import clock

# The server is down, or ended during its answer.
CONNECTION_ERRORS = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


def find_success_event(urls: Urls, order: Json) -> Json | None:
    """Return the sandbox's event of the payment of `order`, or None before the payment."""
    response = requests.get(
        f"{urls.sandbox}/v1/events",
        params={"type": "payment_intent.succeeded", "limit": "100"},
        auth=("sk_test_sandbox", ""),
        timeout=10,
    )
    events: list[Json] = response.json()["data"]
    matches = (e for e in events if e["data"]["object"]["metadata"]["orderId"] == order["orderId"])
    return next(matches, None)


def sign_event(event: Json, secret: str) -> tuple[str, dict[str, str]]:
    """Return the body and headers of a webhook, which are valid for some minutes.

    Source: https://docs.stripe.com/webhooks#verify-manually
    """
    body, timestamp = json.dumps(event), int(clock.now().timestamp())
    signed_text = f"{timestamp}.{body}".encode()
    signature = hmac.new(secret.encode(), signed_text, hashlib.sha256).hexdigest()
    return body, {
        "Stripe-Signature": f"t={timestamp},v1={signature}",
        "Content-Type": "application/json",
    }


def deliver(urls: Urls, event: Json, secret: str) -> int:
    """Post a signed event until the server answers, and return the HTTP status."""
    body, headers = sign_event(event, secret)
    url = f"{urls.order}/order/webhook"

    def post() -> int | None:
        try:
            return requests.post(url, data=body, headers=headers, timeout=10).status_code
        except CONNECTION_ERRORS:
            return None

    return wait_for(post, "an answer to the webhook")
