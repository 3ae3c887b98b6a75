"""Payment intents: https://docs.stripe.com/api/payment_intents."""

from datetime import datetime
from typing import Any

from state_machines.durable import NonRetryableError
from state_machines.intent import Intent
from tasks.gateways.stripe.client import client, page_of, refused_as, sorted_errors, told

CANNOT_CANCEL = "payment_intent_unexpected_state"


def create_intent(amount: int, currency: str, metadata: dict[str, str], *, key: str) -> Intent:
    """Create a payment intent of `amount` minor units."""
    with sorted_errors():
        made = client().v1.payment_intents.create(
            {
                "amount": amount,
                "currency": currency,
                "automatic_payment_methods": {"enabled": True},
                "metadata": metadata,
            },
            {"idempotency_key": key},
        )
    return Intent.read(told(made))


def cancel_intent(intent_id: str, *, key: str) -> Intent:
    """Cancel an intent; what it is afterwards, which is not canceled when it was too late."""
    try:
        with sorted_errors():
            canceled = client().v1.payment_intents.cancel(intent_id, None, {"idempotency_key": key})
    except NonRetryableError as refused:
        if refused_as(refused, CANNOT_CANCEL):
            return retrieve_intent(intent_id)
        raise
    return Intent.read(told(canceled))


def retrieve_intent(intent_id: str) -> Intent:
    """The intent as it is now, with its card."""
    with sorted_errors():
        found = client().v1.payment_intents.retrieve(intent_id, {"expand": ["latest_charge"]})
    return Intent.read(told(found))


def find_intent(order_id: str) -> Intent | None:
    """The intent that was created for an order, by its metadata: for when its creation was never
    answered. Stripe's search may be a minute behind.
    """
    query = {"query": f"metadata['orderId']:'{order_id}'", "limit": 1}
    with sorted_errors():
        found = client().v1.payment_intents.search(query)  # type: ignore[arg-type]
    return next((Intent.read(one) for one in told(found)["data"]), None)


def list_intents(since: datetime, after: str | None) -> tuple[list[dict[str, Any]], bool]:
    """A page of the intents created from `since` on, newest first, that follow the intent `after`;
    and whether there are more.
    """
    return page_of(client().v1.payment_intents.list, since, after)
