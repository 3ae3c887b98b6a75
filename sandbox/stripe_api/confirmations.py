"""Confirming an intent: https://docs.stripe.com/api/payment_intents/confirm.

Stripe requires `return_url` when automatic payment methods may redirect and the secret key
confirms; here it is optional.
"""

from sandbox.compact import Json
from sandbox.rows.intents import CONFIRMABLE, Intent
from sandbox.rows.methods import PaymentMethod
from sandbox.stripe_api.attempts import attempt
from sandbox.stripe_api.bank import find
from sandbox.stripe_api.call import Call
from sandbox.stripe_api.errors import unexpected_state
from sandbox.stripe_api.params import allow, group, merge_metadata, one_of, text
from sandbox.stripe_api.payment_methods import from_data, obtain
from sandbox.stripe_api.secret import intent_of

CONFIRMING = frozenset({
    "payment_method", "payment_method_data", "return_url", "use_stripe_sdk", "off_session",
    "mandate_data", "error_on_requires_action", "payment_method_options",
})  # fmt: skip
DESCRIBING = frozenset({"receipt_email", "setup_future_usage", "shipping"})
KNOWN = CONFIRMING | DESCRIBING | {"capture_method", "confirmation_token", "payment_method_types"}


def confirm(call: Call) -> Json:
    allow(call.params, KNOWN)
    intent = intent_of(call)
    describe(intent, call.params)
    confirm_now(call, intent)
    return intent.view(public=call.public)


def confirm_now(call: Call, intent: Intent) -> None:
    """Confirm an intent. Raises StripeError when it cannot be confirmed, or is declined."""
    _refuse_late_confirmation(intent)
    method = given_method(call, intent)
    if method is None:
        raise unexpected_state(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can "
            "either update the PaymentIntent with a payment method and then confirm it again, or "
            "confirm it again directly with a payment method or ConfirmationToken.",
            intent.view(),
        )
    intent.confirms += 1
    if method.test.challenge:
        _challenge(call, intent, method)
    else:
        attempt(call.bank, intent, method, call.cause)


def given_method(call: Call, intent: Intent) -> PaymentMethod | None:
    """Return the payment method of the call, or else of the intent."""
    if key := text(call.params, "payment_method"):
        return obtain(call.bank, key)
    if data := group(call.params, "payment_method_data"):
        return from_data(call.bank, data)
    if intent.payment_method:
        return find(call.bank.store.methods, "PaymentMethod", intent.payment_method)
    return None


def describe(intent: Intent, params: Json) -> None:
    """Set the descriptive fields of an intent from the call."""
    if "metadata" in params:
        intent.metadata = merge_metadata(intent.metadata, params)
    for name in ("description", "receipt_email", "customer", "statement_descriptor",
                 "statement_descriptor_suffix"):  # fmt: skip
        if name in params:
            setattr(intent, name, text(params, name))
    if "shipping" in params:
        intent.shipping = group(params, "shipping")
    if "setup_future_usage" in params:
        allowed = ("off_session", "on_session")
        intent.setup_future_usage = one_of(params, "setup_future_usage", allowed)


def _refuse_late_confirmation(intent: Intent) -> None:
    if intent.status == "succeeded":
        raise unexpected_state(
            "You cannot confirm this PaymentIntent because it has already succeeded after being "
            "previously confirmed.",
            intent.view(),
        )
    if intent.status not in CONFIRMABLE:
        raise unexpected_state(
            f"You cannot confirm this PaymentIntent because it has a status of {intent.status}. "
            "Only a PaymentIntent with one of the following statuses may be confirmed: "
            "requires_confirmation, requires_action.",
            intent.view(),
        )


def _challenge(call: Call, intent: Intent, method: PaymentMethod) -> None:
    url = f"{call.base}/3ds/{intent.id}?client_secret={intent.client_secret}"
    return_url = text(call.params, "return_url")
    in_dialog = call.params.get("use_stripe_sdk") == "true" and not method.test.redirecting
    if return_url and not in_dialog:
        redirect = {"return_url": return_url, "url": url}
        intent.next_action = {"redirect_to_url": redirect, "type": "redirect_to_url"}
    else:
        sdk = {"type": "three_d_secure_redirect", "stripe_js": url}
        intent.next_action = {"type": "use_stripe_sdk", "use_stripe_sdk": sdk}
    intent.status = "requires_action"
    intent.payment_method = method.id
    intent.last_payment_error = None
    call.bank.store.save(intent)
    call.bank.publish("payment_intent.requires_action", intent.view(), call.cause)
