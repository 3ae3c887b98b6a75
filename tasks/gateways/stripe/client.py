"""The connection to Stripe. Its errors become subclasses of CallError.

There are no retries here: the activity retries, with the same idempotency key. Each thread has one
persistent connection.
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

# Errors of the request itself, which would fail again.
# Source: https://docs.stripe.com/error-low-level
NON_RETRYABLE_ERRORS = (stripe.InvalidRequestError, stripe.CardError)
# The API version of the library, which events must have, too.
API_VERSION = stripe.api_version
PAGE_SIZE = 100  # Stripe's maximum
IN_FLIGHT = 409  # another request with the same idempotency key is in progress


class _Client(stripe.RequestsClient):
    """Stripe's HTTP client with time limits. It has a session for each thread."""

    def _request_internal(self, *arguments: Any, **named: Any) -> Any:
        if getattr(self._thread_local, "session", None) is None:
            self._thread_local.session = session("stripe")
        return super()._request_internal(*arguments, **named)


class MissingError(NonRetryableError):
    """The requested object is not in this account at Stripe."""


@cache
def client() -> stripe.StripeClient:
    """Return the client of Stripe, or of STRIPE_API_BASE if that is set."""
    addresses: Any = {"api": settings.stripe_api_base} if settings.stripe_api_base else None
    return stripe.StripeClient(
        settings.stripe_secret_key,
        base_addresses=addresses,
        max_network_retries=0,
        http_client=_Client(),
    )


def to_plain(response: stripe.StripeObject) -> dict[str, Any]:
    """Return Stripe's object as plain data, and note the id of its request."""
    note_request_id(response.last_response.request_id if response.last_response else None)
    plain: dict[str, Any] = storable_json(response.to_dict())
    return plain


def retrieve_page(
    list_call: Callable[[Any], Any], since: datetime, after: str | None, **query: Any
) -> tuple[list[dict[str, Any]], bool]:
    """Retrieve a page of objects created since `since`, newest first, and whether there are more.

    The page follows the object with the id `after`.
    """
    query |= {"limit": PAGE_SIZE, "created": {"gte": int(since.timestamp())}}
    with convert_errors():
        page = to_plain(list_call(query | ({"starting_after": after} if after else {})))
    data, more = page["data"], page["has_more"]
    if more and (not data or data[-1]["id"] == after):
        raise RetryableError(f"Stripe's list does not continue after {after}, although it has_more")
    return data, more


def has_code(error: BaseException, code: str) -> bool:
    """Return whether Stripe refused the request with this code."""
    cause = error.__cause__
    return isinstance(cause, stripe.InvalidRequestError) and cause.code == code


@contextmanager
def convert_errors() -> Iterator[None]:
    """Convert the exceptions of Stripe's library into subclasses of CallError."""
    try:
        yield
    except stripe.StripeError as error:
        message = f"{type(error).__name__}: {error.user_message or error}"
        note_request_id(error.request_id)
        raise _error_class(error)(message) from error


def _error_class(error: stripe.StripeError) -> type[CallError]:
    if isinstance(error.__cause__, NoTimeLeftError):
        return NoTimeLeftError
    # An earlier request with this key and other parameters may have been carried out.
    if isinstance(error, (stripe.APIConnectionError, stripe.IdempotencyError)):
        return UnknownOutcomeError
    if isinstance(error, stripe.InvalidRequestError) and error.code == "resource_missing":
        return MissingError
    permanent = isinstance(error, NON_RETRYABLE_ERRORS) and error.http_status != IN_FLIGHT
    return NonRetryableError if permanent else RetryableError
