"""Requests that a web process always answers, whatever else it has to do."""

from uuid import uuid4

import requests

from config import settings
from demo.webhooks import sign_event
from tests.support.web import Json


def assert_others_are_served(url: str) -> None:
    """Check that health, a webhook and a sign-in are answered."""
    assert requests.get(f"{url}/health", timeout=60).status_code == 200
    event: Json = {"id": f"evt_{uuid4().hex}", "type": "payment_intent.succeeded", "data": {}}
    body, headers = sign_event(event, settings.stripe_webhook_secrets[0])
    hook = requests.post(f"{url}/order/webhook", data=body, headers=headers, timeout=60)
    assert hook.status_code == 200
    login = {"email": f"{uuid4().hex}@example.com"}
    assert requests.post(f"{url}/auth/login", json=login, timeout=60).status_code == 201
