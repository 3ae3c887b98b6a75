"""Client of SendGrid. Its errors become RetryableError, UnknownOutcomeError or NonRetryableError.

SendGrid has no idempotency keys: an email is sent again when the response was lost.
"""

import threading
from dataclasses import dataclass, field
from typing import Any

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from config import settings
from models.clock import tick
from models.email_address import address_for_mail
from state_machines.durable import (
    NonRetryableError,
    RetryableError,
    UnknownOutcomeError,
    note_request_id,
)
from tasks.gateways.connection import session

API = "https://api.sendgrid.com"
# Requests that would fail again, such as malformed or too large ones. 401 and 403 mean a wrong API
# key, which an operator can replace during the retries; 429 is a rate limit.
NON_RETRYABLE_STATUSES = frozenset({400, 404, 405, 413, 415})
# Seconds for which a connection is kept. SendGrid may close one that is idle for longer just while
# we send, which leaves the outcome unknown.
MAX_IDLE = 2.0


@dataclass(frozen=True, slots=True)
class Email:
    """An email. SendGrid returns its `tags` with the events about it."""

    to: str
    subject: str
    text: str
    html: str
    category: str
    tags: dict[str, str] = field(default_factory=dict)


def send(email: Email) -> None:
    """Send an email."""
    body: dict[str, Any] = {
        "from": {"email": settings.email_from, "name": "ProjectX"},
        "personalizations": [
            {"to": [{"email": address_for_mail(email.to)}], "custom_args": email.tags}
        ],
        "subject": email.subject,
        "content": [
            {"type": "text/plain", "value": email.text},
            {"type": "text/html", "value": email.html},
        ],
        "categories": [email.category],
    }
    note_request_id(post(_url("mail/send"), body).headers.get("X-Message-Id"))


def erase_recipient(address: str) -> None:
    """Have SendGrid erase its data about an address. An unknown address is no error.

    Source: https://www.twilio.com/docs/sendgrid/api-reference/recipients-data-erasure-api
    """
    post(
        _url("recipients/erasejob"), {"email_addresses": [address_for_mail(address)]}, quoted=False
    )


_local = threading.local()


def post(url: str, body: dict[str, Any], *, quoted: bool = True) -> requests.Response:
    """Post `body` as JSON and return the response.

    With `quoted`, errors contain the text of SendGrid's response.
    """
    headers = {"Authorization": f"Bearer {settings.sendgrid_api_key}"}
    try:
        response = _session().post(url, json=body, headers=headers, allow_redirects=False)
    except requests.RequestException as error:
        failure = RetryableError if _is_unsent(error) else UnknownOutcomeError
        raise failure(f"SendGrid: {error}") from error
    finally:
        _local.used_at = tick()
    if response.status_code >= requests.codes.multiple_choices:
        details = f": {response.text}" if quoted else ""
        permanent = response.status_code in NON_RETRYABLE_STATUSES
        refusal = NonRetryableError if permanent else RetryableError
        raise refusal(f"SendGrid answered {response.status_code}{details}")
    return response


def _url(path: str) -> str:
    return f"{settings.sendgrid_api_base or API}/v3/{path}"


def _session() -> requests.Session:
    """Return the session of this thread. Its connection is closed when it was idle for long."""
    if not hasattr(_local, "session"):
        _local.session = session("sendgrid")
    elif tick() - _local.used_at > MAX_IDLE:
        _local.session.close()
    current: requests.Session = _local.session
    return current


def _is_unsent(error: requests.RequestException) -> bool:
    """Return whether the request failed before a connection was open."""
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)
