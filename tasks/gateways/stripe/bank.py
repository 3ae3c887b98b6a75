"""An order's money as Stripe sees it, for the console."""

from state_machines.providers.stripe.intents import Intent
from state_machines.providers.stripe.refunds import StripeRefund
from tasks.gateways.stripe.client import MissingError
from tasks.gateways.stripe.intents import retrieve_intent
from tasks.gateways.stripe.refunds import list_refunds


def retrieve_money(intent_id: str) -> tuple[Intent, list[StripeRefund]] | None:
    """Retrieve an intent and its refunds, or None when it is not in this account."""
    try:
        return retrieve_intent(intent_id), list_refunds(intent_id)
    except MissingError:
        return None
