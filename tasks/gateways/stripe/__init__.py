"""Client of Stripe."""

from tasks.gateways.stripe.client import MissingError
from tasks.gateways.stripe.disputes import list_disputes
from tasks.gateways.stripe.events import undelivered_events
from tasks.gateways.stripe.intents import (
    cancel_intent,
    create_intent,
    find_intent,
    list_intents,
    retrieve_intent,
)
from tasks.gateways.stripe.refunds import (
    create_refund,
    give_back,
    list_refunds,
    new_refunds,
    retrieve_refund,
)

__all__ = [
    "MissingError",
    "cancel_intent",
    "create_intent",
    "create_refund",
    "find_intent",
    "give_back",
    "list_disputes",
    "list_intents",
    "list_refunds",
    "new_refunds",
    "retrieve_intent",
    "retrieve_refund",
    "undelivered_events",
]
