"""Refunds: https://docs.stripe.com/api/refunds."""

from typing import Any

from state_machines.stripe_refund import StripeRefund
from tasks.gateways.stripe.client import client, sorted_errors, told

# More than nearly any order has; Stripe's largest page.
PAGE = 100


def create_refund(intent_id: str, amount: int, *, key: str) -> StripeRefund:
    """Refund `amount` minor units. `key` is the id of our row, and Stripe keeps it with the refund:
    it leads back to the row also when the idempotency key is forgotten, after a day.
    """
    with sorted_errors():
        made = client().v1.refunds.create(
            {"payment_intent": intent_id, "amount": amount, "metadata": {"refundId": key}},
            {"idempotency_key": key},
        )
    return StripeRefund.read(told(made))


def retrieve_refund(stripe_id: str) -> StripeRefund:
    """The refund as it is now."""
    with sorted_errors():
        return StripeRefund.read(told(client().v1.refunds.retrieve(stripe_id)))


def list_refunds(intent_id: str) -> list[StripeRefund]:
    """All refunds of an intent, also those that were made in Stripe's own dashboard."""
    query: dict[str, Any] = {"payment_intent": intent_id, "limit": PAGE}
    found: list[StripeRefund] = []
    while True:
        with sorted_errors():
            page = told(client().v1.refunds.list(query))  # type: ignore[arg-type]
        found += [StripeRefund.read(one) for one in page["data"]]
        if not page["has_more"]:
            return found
        query["starting_after"] = page["data"][-1]["id"]
