"""Refunds: https://docs.stripe.com/api/refunds."""

from datetime import datetime
from typing import Any

from state_machines.durable import NonRetryableError
from state_machines.providers.stripe.refunds import StripeRefund
from tasks.gateways.stripe.client import (
    PAGE_SIZE,
    client,
    convert_errors,
    has_code,
    retrieve_page,
    to_plain,
)

# Source: https://docs.stripe.com/error-codes
ALREADY_REFUNDED = "charge_already_refunded"


def create_refund(intent_id: str, amount: int, *, key: str) -> StripeRefund:
    """Refund `amount` minor units.

    `key` is the id of our row. The refund's metadata contains it, too, since Stripe forgets
    idempotency keys after a day.
    """
    with convert_errors():
        refund = client().v1.refunds.create(
            {"payment_intent": intent_id, "amount": amount, "metadata": {"refundId": key}},
            {"idempotency_key": key},
        )
    return StripeRefund.read(to_plain(refund))


def retrieve_refund(stripe_id: str) -> StripeRefund:
    """Retrieve a refund."""
    with convert_errors():
        return StripeRefund.read(to_plain(client().v1.refunds.retrieve(stripe_id)))


def give_back(intent_id: str, *, key: str) -> None:
    """Refund all that is left of an intent that belongs to no order here.

    Nothing may be left: Stripe forgets keys after a day, and then refuses to repeat a refund.
    """
    try:
        with convert_errors():
            refund = client().v1.refunds.create(
                {"payment_intent": intent_id}, {"idempotency_key": key}
            )
        to_plain(refund)
    except NonRetryableError as error:
        if not has_code(error, ALREADY_REFUNDED):
            raise


def new_refunds(since: datetime, after: str | None) -> tuple[list[dict[str, Any]], bool]:
    """Retrieve a page of refunds created since `since`, newest first, and whether there are more.

    The page follows the refund `after`.
    """
    return retrieve_page(client().v1.refunds.list, since, after)


def list_refunds(intent_id: str) -> list[StripeRefund]:
    """Retrieve all refunds of an intent, including those made in Stripe's dashboard."""
    query: dict[str, Any] = {"payment_intent": intent_id, "limit": PAGE_SIZE}
    refunds: list[StripeRefund] = []
    while True:
        with convert_errors():
            page = to_plain(client().v1.refunds.list(query))  # type: ignore[arg-type]
        refunds += [StripeRefund.read(refund) for refund in page["data"]]
        if not page["has_more"]:
            return refunds
        query["starting_after"] = page["data"][-1]["id"]
