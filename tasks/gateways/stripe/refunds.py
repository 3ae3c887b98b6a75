"""Refunds: https://docs.stripe.com/api/refunds."""

from datetime import datetime
from typing import Any

from state_machines.stripe_refund import StripeRefund
from tasks.gateways.stripe.client import PAGE, client, page_of, sorted_errors, told


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


def give_back(intent_id: str, *, key: str) -> StripeRefund:
    """Refund all that is left of an intent that belongs to no order here."""
    with sorted_errors():
        made = client().v1.refunds.create({"payment_intent": intent_id}, {"idempotency_key": key})
    return StripeRefund.read(told(made))


def new_refunds(since: datetime, after: str | None) -> tuple[list[dict[str, Any]], bool]:
    """A page of the refunds created from `since` on, newest first and following the refund
    `after`; and whether there are more.
    """
    return page_of(client().v1.refunds.list, since, after)


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
