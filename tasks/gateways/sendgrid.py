"""SendGrid, as far as we use it. Its errors become TransientError, NoAnswerError or
PermanentError.

It has no idempotency keys: when an answer is lost, the same letter is sent again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sendgrid
from python_http_client.exceptions import HTTPError

from config import settings
from state_machines.durable import (
    NoAnswerError,
    PermanentError,
    TransientError,
    note_request_id,
)

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
    with _sorted_errors():
        answer = _client().client.mail.send.post(
            request_body=body, timeout=settings.provider_timeout
        )
    note_request_id(answer.headers.get("X-Message-Id"))


def erase_recipient(address: str) -> None:
    """Have SendGrid erase what it keeps about an address. An address that it does not know is fine.

    Source: https://www.twilio.com/docs/sendgrid/api-reference/recipients-data-erasure-api
    """
    with _sorted_errors(quoted=False):
        _client().client.recipients.erasejob.post(
            request_body={"email_addresses": [address]}, timeout=settings.provider_timeout
        )


@contextmanager
def _sorted_errors(*, quoted: bool = True) -> Iterator[None]:
    """Raise what SendGrid's library raises as one of ours; `quoted` with SendGrid's own words."""
    try:
        yield
    except HTTPError as error:
        kind = PermanentError if error.status_code in PERMANENT else TransientError
        words = f": {_text(error.body)}" if quoted else ""
        raise kind(f"SendGrid answered {error.status_code}{words}") from error
    except OSError as error:
        # Refused connections apart, SendGrid may have carried it out.
        refused = isinstance(getattr(error, "reason", error), ConnectionRefusedError)
        raise (TransientError if refused else NoAnswerError)(f"SendGrid: {error}") from error


@cache
def _client() -> Any:
    host = {"host": settings.sendgrid_api_base} if settings.sendgrid_api_base else {}
    return sendgrid.SendGridAPIClient(settings.sendgrid_api_key, **host)


def _text(body: object) -> str:
    return body.decode(errors="replace") if isinstance(body, bytes) else str(body)
