"""The call to Stripe with which the console compares an order, where a process has it.

`wsgi.py` passes it in, so that web imports neither tasks nor Stripe's library.
"""

from collections.abc import Callable

from flask import current_app

from models.errors import ConflictError
from state_machines.providers.stripe.intents import Intent
from state_machines.providers.stripe.refunds import StripeRefund

# The application's configuration has the call under this name.
RETRIEVE_MONEY = "RETRIEVE_MONEY"
Money = tuple[Intent, list[StripeRefund]]


def retrieve_money(intent_id: str) -> Money | None:
    """Retrieve an intent and its refunds from Stripe, or None when Stripe has no such intent.

    Raises state_machines.durable.CallError, and ConflictError in a process without the call.
    """
    retrieve: Callable[[str], Money | None] | None = current_app.config.get(RETRIEVE_MONEY)
    if retrieve is None:
        raise ConflictError("This process makes no calls to Stripe")
    return retrieve(intent_id)
