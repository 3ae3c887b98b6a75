"""Payment intents: https://docs.stripe.com/api/payment_intents."""

from datetime import datetime
from typing import Any

from state_machines.durable import NonRetryableError
from state_machines.providers.stripe.intents import Intent
from tasks.gateways.stripe.client import client, convert_errors, has_code, retrieve_page, to_plain

CANNOT_CANCEL = "payment_intent_unexpected_state"


def create_intent(amount: int, currency: str, metadata: dict[str, str], *, key: str) -> Intent:
    """Create a payment intent of `amount` minor units."""
    with convert_errors():
        intent = client().v1.payment_intents.create(
            {
                "amount": amount,
                "currency": currency,
                "automatic_payment_methods": {"enabled": True},
                "metadata": metadata,
            },
            {"idempotency_key": key},
        )
    return Intent.read(to_plain(intent))


def cancel_intent(intent_id: str, *, key: str) -> Intent:
    """Cancel an intent and return its new state, which is not `canceled` if it was too late."""
    try:
        with convert_errors():
            canceled = client().v1.payment_intents.cancel(intent_id, None, {"idempotency_key": key})
    except NonRetryableError as error:
        if has_code(error, CANNOT_CANCEL):
            return retrieve_intent(intent_id)
        raise
    return Intent.read(to_plain(canceled))


def retrieve_intent(intent_id: str) -> Intent:
    """Retrieve an intent with its card."""
    with convert_errors():
        intent = client().v1.payment_intents.retrieve(intent_id, {"expand": ["latest_charge"]})
    return Intent.read(to_plain(intent))


def find_intent(order_id: str) -> Intent | None:
    """Find the intent of an order by its metadata, when the response of its creation was lost.

    Stripe's search may be a minute behind.
    """
    query = {"query": f"metadata['orderId']:'{order_id}'", "limit": 1}
    with convert_errors():
        intents = client().v1.payment_intents.search(query)  # type: ignore[arg-type]
    return next((Intent.read(intent) for intent in to_plain(intents)["data"]), None)


def list_intents(since: datetime, after: str | None) -> tuple[list[dict[str, Any]], bool]:
    """Retrieve a page of intents created since `since`, newest first, and whether there are more.

    The page follows the intent `after`.
    """
    return retrieve_page(client().v1.payment_intents.list, since, after)
