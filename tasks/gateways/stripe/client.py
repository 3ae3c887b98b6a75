"""The connection to Stripe. Its errors become the subclasses of CallError.

No retries here (the activity retries, with the same idempotency key), and one kept-alive
connection a thread.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

import stripe

from config import settings
from models.text import storable_json
from state_machines.durable import (
    CallError,
    NonRetryableError,
    RetryableError,
    UnknownOutcomeError,
    note_request_id,
)
from tasks.gateways.connection import NoTimeLeftError, session

# The request is wrong, and will be as wrong the next time.
# Source: https://docs.stripe.com/error-low-level
PERMANENT = (stripe.InvalidRequestError, stripe.CardError)
# The version of Stripe's API that the library speaks, and that events must be in.
API_VERSION = stripe.api_version
PAGE = 100  # Stripe's largest
IN_FLIGHT = 409  # another request with the same idempotency key is under way


class _Client(stripe.RequestsClient):
    """Stripe's own, with a session that ends its calls; it keeps one for each thread."""

    def _request_internal(self, *arguments: Any, **named: Any) -> Any:
        if getattr(self._thread_local, "session", None) is None:
            self._thread_local.session = session()
        return super()._request_internal(*arguments, **named)


class MissingError(NonRetryableError):
    """What the request is about is not in this account at Stripe."""


@cache
def client() -> stripe.StripeClient:
    """Stripe itself, or what STRIPE_API_BASE names."""
    where: Any = {"api": settings.stripe_api_base} if settings.stripe_api_base else None
    return stripe.StripeClient(
        settings.stripe_secret_key,
        base_addresses=where,
        max_network_retries=0,
        http_client=_Client(),
    )


def told(answer: stripe.StripeObject) -> dict[str, Any]:
    """The object that Stripe answered, as plain data."""
    note_request_id(answer.last_response.request_id if answer.last_response else None)
    plain: dict[str, Any] = storable_json(answer.to_dict())
    return plain


def page_of(
    list_call: Callable[[Any], Any], since: datetime, after: str | None, **query: Any
) -> tuple[list[dict[str, Any]], bool]:
    """A page of what was created from `since` on, newest first and following the id `after`; and
    whether there are more.
    """
    query |= {"limit": PAGE, "created": {"gte": int(since.timestamp())}}
    with sorted_errors():
        page = told(list_call(query | ({"starting_after": after} if after else {})))
    data, more = page["data"], page["has_more"]
    if more and (not data or data[-1]["id"] == after):
        raise RetryableError(f"Stripe's list does not go on after {after}, and says that it does")
    return data, more


def refused_as(error: BaseException, code: str) -> bool:
    """Whether Stripe refused the request with this code."""
    cause = error.__cause__
    return isinstance(cause, stripe.InvalidRequestError) and cause.code == code


@contextmanager
def sorted_errors() -> Iterator[None]:
    """Raise what Stripe's library raises as one of ours."""
    try:
        yield
    except stripe.StripeError as error:
        said = f"{type(error).__name__}: {error.user_message or error}"
        note_request_id(error.request_id)
        raise _kind(error)(said) from error


def _kind(error: stripe.StripeError) -> type[CallError]:
    if isinstance(error.__cause__, NoTimeLeftError):
        return NoTimeLeftError
    # Under this key something was asked for that was put otherwise: it may have been carried out.
    if isinstance(error, (stripe.APIConnectionError, stripe.IdempotencyError)):
        return UnknownOutcomeError
    if isinstance(error, stripe.InvalidRequestError) and error.code == "resource_missing":
        return MissingError
    permanent = isinstance(error, PERMANENT) and error.http_status != IN_FLIGHT
    return NonRetryableError if permanent else RetryableError
