"""/v1/payment_intents: https://docs.stripe.com/api/payment_intents. Manual capture is left out."""

from sandbox import clock
from sandbox.compact import Json
from sandbox.ids import new_id
from sandbox.rows.intents import CANCELABLE, CONFIRMABLE, Intent
from sandbox.stripe_api.attempts import after_cancel
from sandbox.stripe_api.call import Call
from sandbox.stripe_api.confirmations import CONFIRMING, confirm_now, describe, given_method
from sandbox.stripe_api.errors import invalid, unexpected_state
from sandbox.stripe_api.lists import page, read_limit
from sandbox.stripe_api.money import read_amount, read_currency, refuse_amount
from sandbox.stripe_api.params import allow, boolean, group, integer, one_of, strings, text
from sandbox.stripe_api.search import matcher
from sandbox.stripe_api.secret import intent_of

UPDATABLE = frozenset({
    "amount", "currency", "metadata", "description", "receipt_email", "customer", "shipping",
    "setup_future_usage", "statement_descriptor", "statement_descriptor_suffix",
    "payment_method", "payment_method_data", "payment_method_options", "payment_method_types",
})  # fmt: skip
CREATABLE = UPDATABLE | CONFIRMING | {
    "automatic_payment_methods", "capture_method", "confirm", "confirmation_method",
}  # fmt: skip
REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")


def create(call: Call) -> Json:
    params = call.params
    allow(params, CREATABLE)
    currency = read_currency(params)
    key = new_id("pi")
    intent = Intent(
        id=key,
        amount=read_amount(params, currency),
        currency=currency,
        created=int(clock.now()),
        client_secret=new_id(f"{key}_secret"),
    )
    _choose_methods(intent, params)
    describe(intent, params)
    confirming = boolean(params, "confirm")
    if method := given_method(call, intent):
        intent.payment_method = method.id
        intent.status = "requires_confirmation"
    call.bank.store.save(intent)
    call.bank.publish("payment_intent.created", intent.view(), call.cause)
    if confirming:
        confirm_now(call, intent)
    return intent.view()


def retrieve(call: Call) -> Json:
    return intent_of(call).view(public=call.public)


def update(call: Call) -> Json:
    params = call.params
    allow(params, UPDATABLE)
    intent = intent_of(call)
    for name in ("amount", "currency", "payment_method", "payment_method_data"):
        if name in params and intent.status not in CONFIRMABLE:
            raise unexpected_state(
                f"This PaymentIntent's {name} could not be updated because it has a status of "
                f"{intent.status}. You may only update the {name} of a PaymentIntent with one of "
                "the following statuses: requires_payment_method, requires_confirmation, "
                "requires_action.",
                intent.view(),
            )
    currency = read_currency(params) if "currency" in params else intent.currency
    amount = read_amount(params, currency) if "amount" in params else intent.amount
    refuse_amount(amount, currency)
    describe(intent, params)
    intent.amount, intent.currency = amount, currency
    if "payment_method" in params or "payment_method_data" in params:
        method = given_method(call, intent)
        intent.payment_method = method.id if method else None
        intent.status = "requires_confirmation" if method else "requires_payment_method"
    call.bank.store.save(intent)
    return intent.view()


def cancel(call: Call) -> Json:
    allow(call.params, {"cancellation_reason"})
    reason = one_of(call.params, "cancellation_reason", REASONS)
    intent = intent_of(call)
    # Stripe cancels what is processing "in rare cases"; here never.
    if intent.status not in CONFIRMABLE:
        statuses = [name for name in CANCELABLE if name != intent.status]
        raise unexpected_state(
            f"You cannot cancel this PaymentIntent because it has a status of {intent.status}. "
            "Only a PaymentIntent with one of the following statuses may be canceled: "
            f"{', '.join(statuses)}.",
            intent.view(),
        )
    intent.cancels += 1
    intent.status = "canceled"
    intent.canceled_at = int(clock.now())
    intent.cancellation_reason = reason
    intent.next_action = None
    after_cancel(call.bank, intent)
    call.bank.store.save(intent)
    call.bank.publish("payment_intent.canceled", intent.view(), call.cause)
    return intent.view()


def list_all(call: Call) -> Json:
    customer = call.params.get("customer")
    rows = reversed(call.bank.store.intents.values())
    return page(
        call,
        rows,
        "payment_intent",
        lambda row: customer in (None, row.customer),
        also=("customer",),
    )


def search(call: Call) -> Json:
    """Search intents, as of `search_lag` seconds ago. Stripe's search is about a minute behind."""
    allow(call.params, {"query", "limit", "page"})
    matches = matcher(text(call.params, "query") or "")
    indexed_until = clock.now() - call.bank.search_lag
    rows = [row for row in call.bank.store.intents.values() if row.created <= indexed_until]
    selected = [row for row in reversed(rows) if matches(row)]
    first = integer(call.params, "page", 0) or 0
    size = read_limit(call.params)
    more = len(selected) > first + size
    return {
        "object": "search_result",
        "data": [intent.view() for intent in selected[first : first + size]],
        "has_more": more,
        "next_page": str(first + size) if more else None,
        "url": call.path,
    }


def _choose_methods(intent: Intent, params: Json) -> None:
    intent.confirmation_method = (
        one_of(params, "confirmation_method", ("automatic", "manual")) or "automatic"
    )
    captures = ("automatic", "automatic_async")
    intent.capture_method = one_of(params, "capture_method", captures) or "automatic_async"
    types = strings(params, "payment_method_types")
    if automatic := group(params, "automatic_payment_methods"):
        for name in automatic:
            if name not in ("enabled", "allow_redirects"):
                full = f"automatic_payment_methods[{name}]"
                raise invalid(f"Received unknown parameter: {full}", full, "parameter_unknown")
        if boolean(automatic, "enabled"):
            redirects = one_of(automatic, "allow_redirects", ("always", "never")) or "always"
            chosen = {"allow_redirects": redirects, "enabled": True}
            intent.automatic_payment_methods = chosen
            if types:
                raise invalid(
                    "You may only specify one of these parameters: automatic_payment_methods, "
                    "payment_method_types.",
                    "automatic_payment_methods",
                )
    if types:
        intent.payment_method_types = types
