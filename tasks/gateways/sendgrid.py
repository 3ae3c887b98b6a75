"""SendGrid, as far as we use it. Its errors become RetryableError, UnknownOutcomeError or
NonRetryableError.

It has no idempotency keys: when an answer is lost, the same letter is sent again.
"""

import threading
from dataclasses import dataclass, field
from typing import Any

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from config import settings
from state_machines.durable import (
    NonRetryableError,
    RetryableError,
    UnknownOutcomeError,
    note_request_id,
)
from tasks.gateways.connection import session

API = "https://api.sendgrid.com"
# Our fault, and not to be mended by repeating it: bad request, too large, …
# 401 and 403 are a wrong key, which an operator mends while we retry; 429 says "later".
PERMANENT = frozenset({400, 404, 405, 413, 415})


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail. `tags` come back with SendGrid's events about it."""

    to: str
    subject: str
    text: str
    html: str
    category: str
    tags: dict[str, str] = field(default_factory=dict)


def send(letter: Letter) -> None:
    """Hand a letter to SendGrid."""
    body: dict[str, Any] = {
        "from": {"email": settings.email_from, "name": "ProjectX"},
        "personalizations": [{"to": [{"email": letter.to}], "custom_args": letter.tags}],
        "subject": letter.subject,
        "content": [
            {"type": "text/plain", "value": letter.text},
            {"type": "text/html", "value": letter.html},
        ],
        "categories": [letter.category],
    }
    note_request_id(post(_url("mail/send"), body).headers.get("X-Message-Id"))


def erase_recipient(address: str) -> None:
    """Have SendGrid erase what it keeps about an address. An address that it does not know is fine.

    Source: https://www.twilio.com/docs/sendgrid/api-reference/recipients-data-erasure-api
    """
    post(_url("recipients/erasejob"), {"email_addresses": [address]}, quoted=False)


_kept = threading.local()


def post(url: str, body: dict[str, Any], *, quoted: bool = True) -> requests.Response:
    """Ask SendGrid for something. Errors are `quoted` with its own words."""
    # Each on a connection of its own: one that SendGrid closes just then would leave a doubt.
    headers = {"Authorization": f"Bearer {settings.sendgrid_api_key}", "Connection": "close"}
    try:
        answer = _session().post(url, json=body, headers=headers, allow_redirects=False)
    except requests.RequestException as error:
        sent = not _never_sent(error)
        failure = UnknownOutcomeError if sent else RetryableError
        raise failure(f"SendGrid: {error}") from error
    if answer.status_code >= requests.codes.multiple_choices:
        words = f": {answer.text}" if quoted else ""
        refused = answer.status_code in PERMANENT
        refusal = NonRetryableError if refused else RetryableError
        raise refusal(f"SendGrid answered {answer.status_code}{words}")
    return answer


def _url(path: str) -> str:
    return f"{settings.sendgrid_api_base or API}/v3/{path}"


def _session() -> requests.Session:
    if not hasattr(_kept, "session"):
        _kept.session = session()
    kept: requests.Session = _kept.session
    return kept


def _never_sent(error: requests.RequestException) -> bool:
    """Return whether there was no connection on which something could have been asked."""
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)
