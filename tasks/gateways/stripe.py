"""Stripe, as far as we use it. Its errors become TransientError or PermanentError.

No retries here (the activity retries, with the same idempotency key), and one kept-alive
connection a thread.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

import stripe

from config import settings
from state_machines.durable import PermanentError, TransientError, note_request_id
from state_machines.intent import Intent

T = TypeVar("T")

# The request is wrong, and will be as wrong the next time.
# Source: https://docs.stripe.com/error-low-level
PERMANENT = (stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError)
IN_FLIGHT = 409  # another request with the same idempotency key is under way
CANNOT_CANCEL = "payment_intent_unexpected_state"


def create_intent(amount: int, currency: str, metadata: dict[str, str], *, key: str) -> Intent:
    """Create a payment intent of `amount` minor units."""
    with _sorted_errors():
        made = _client().v1.payment_intents.create(
            {
                "amount": amount,
                "currency": currency,
                "automatic_payment_methods": {"enabled": True},
                "metadata": metadata,
            },
            {"idempotency_key": key},
        )
    return _read(made)


def cancel_intent(intent_id: str, *, key: str) -> Intent:
    """Cancel an intent; what it is afterwards, which is not canceled when it was too late."""
    try:
        with _sorted_errors():
            canceled = _client().v1.payment_intents.cancel(
                intent_id, None, {"idempotency_key": key}
            )
            return _read(canceled)
    except PermanentError as refused:
        if isinstance(refused.__cause__, stripe.InvalidRequestError) and (
            refused.__cause__.code == CANNOT_CANCEL
        ):
            return retrieve_intent(intent_id)
        raise


def retrieve_intent(intent_id: str) -> Intent:
    """The intent as it is now, with its card."""
    with _sorted_errors():
        return _read(
            _client().v1.payment_intents.retrieve(intent_id, {"expand": ["latest_charge"]})
        )


@cache
def _client() -> stripe.StripeClient:
    where: Any = {"api": settings.stripe_api_base} if settings.stripe_api_base else None
    return stripe.StripeClient(
        settings.stripe_secret_key,
        base_addresses=where,
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=settings.provider_timeout),
    )


def _read(answer: stripe.PaymentIntent) -> Intent:
    note_request_id(answer.last_response.request_id if answer.last_response else None)
    return Intent.read(answer.to_dict())


@contextmanager
def _sorted_errors() -> Iterator[None]:
    try:
        yield
    except stripe.StripeError as error:
        permanent = isinstance(error, PERMANENT) and error.http_status != IN_FLIGHT
        kind: Callable[..., TransientError] = PermanentError if permanent else TransientError
        said = f"{type(error).__name__}: {error.user_message or error}"
        note_request_id(error.request_id)
        raise kind(said) from error
