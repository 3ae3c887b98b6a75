"""Checks of the providers' keys: one call of each that only reads."""

from collections.abc import Iterator
from http import HTTPStatus

import requests

from config import settings

REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def check_stripe() -> Iterator[str]:
    """Yield a fault when Stripe is unreachable or refuses the key."""
    base = settings.stripe_api_base or "https://api.stripe.com"
    # The payments of this key are what the workers read, too.
    url = f"{base.rstrip('/')}/v1/payment_intents?limit=1"
    answer = _get(url, settings.stripe_secret_key)
    if answer is None:
        yield "STRIPE_API_BASE: Stripe is unreachable"
    elif answer.status_code in REFUSED:
        yield f"STRIPE_SECRET_KEY is refused by Stripe ({answer.status_code})"


def check_sendgrid() -> Iterator[str]:
    """Yield a fault when SendGrid is unreachable, or when the key may not send emails."""
    base = settings.sendgrid_api_base or "https://api.sendgrid.com"
    # Source: https://www.twilio.com/docs/sendgrid/api-reference/api-key-permissions
    answer = _get(f"{base.rstrip('/')}/v3/scopes", settings.sendgrid_api_key)
    if answer is None:
        yield "SENDGRID_API_BASE: SendGrid is unreachable"
    elif answer.status_code in REFUSED:
        yield f"SENDGRID_API_KEY is refused by SendGrid ({answer.status_code})"
    elif answer.ok and "mail.send" not in answer.json().get("scopes", ()):
        yield "SENDGRID_API_KEY may not send emails: it lacks the permission mail.send"


def _get(url: str, key: str) -> requests.Response | None:
    """Return the response to a request with this key, or None without one."""
    timeout = settings.provider_timeout
    try:
        return requests.get(
            url, headers={"Authorization": f"Bearer {key}"}, timeout=timeout, allow_redirects=False
        )
    except requests.RequestException:
        return None
