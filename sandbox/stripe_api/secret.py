"""Access to an intent, by the secret key or by the intent's client secret."""

import secrets
from dataclasses import replace

from sandbox.rows.intents import Intent
from sandbox.stripe_api.bank import find
from sandbox.stripe_api.call import Call
from sandbox.stripe_api.errors import invalid


def intent_of(call: Call) -> Intent:
    """Return a copy of the path's intent, so that a call that fails changes nothing.

    Raises StripeError when the intent is unknown or the secret is wrong.
    """
    intent = find(call.bank.store.intents, "payment_intent", call.row, "intent")
    client_secret = call.params.get("client_secret")
    if client_secret is None and not call.public:
        return replace(intent)
    # Text that is not ASCII cannot be compared, but bytes can.
    if not isinstance(client_secret, str) or not secrets.compare_digest(
        client_secret.encode(), intent.client_secret.encode()
    ):
        raise invalid(
            "The client_secret provided does not match the client_secret associated with the "
            "PaymentIntent.",
            param="client_secret",
            code="payment_intent_invalid_parameter",
        )
    return replace(intent)
