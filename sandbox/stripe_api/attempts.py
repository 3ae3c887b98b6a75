"""Payment attempts: from confirming an intent to its success, decline or challenge."""

from sandbox import clock
from sandbox.cards import GENERIC, Settling
from sandbox.compact import Json
from sandbox.ids import new_id
from sandbox.rows.charges import Charge
from sandbox.rows.intents import Intent
from sandbox.rows.methods import PaymentMethod
from sandbox.stripe_api.bank import Bank, Cause
from sandbox.stripe_api.chargebacks import expect_dispute
from sandbox.stripe_api.errors import StripeError

ITSELF = Cause()
VOUCHER_SECONDS = 3 * 24 * 3600  # Stripe's, unless an intent says otherwise


def attempt(bank: Bank, intent: Intent, method: PaymentMethod, cause: Cause) -> None:
    """Charge the method. Raises StripeError 402 when it is declined, after recording that."""
    intent.payment_method = method.id
    intent.next_action = None
    intent.last_payment_error = None
    intent.settles_at = None
    if method.test.settling is not None:
        _start_slowly(bank, intent, method, cause)
    elif method.test.decline is not None:
        charge = _charge(bank, intent, method, "failed")
        _fail(bank, intent, method, charge, cause)
        error: Json = {**(intent.last_payment_error or {}), "payment_intent": intent.view()}
        raise StripeError(error.pop("message"), status=402, **error)
    else:
        _succeed(bank, intent, _charge(bank, intent, method, "succeeded"), cause)


def fail_challenge(bank: Bank, intent: Intent, method: PaymentMethod) -> None:
    intent.last_payment_error = {
        "code": "payment_intent_authentication_failure",
        "doc_url": "https://stripe.com/docs/error-codes/payment-intent-authentication-failure",
        "message": "The provided PaymentMethod has failed authentication. You can provide "
        "payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent "
        "again.",
        "payment_method": method.view(),
        "type": "invalid_request_error",
    }
    _ask_for_another(bank, intent, ITSELF)


def settle(bank: Bank, intent_id: str) -> None:
    """End a slow payment whose time has come, unless it has ended before."""
    intent = bank.store.intents[intent_id]
    if intent.settles_at is None:
        return
    charge = bank.store.charges[intent.latest_charge or ""]
    method = bank.store.methods[intent.payment_method or ""]
    intent.settles_at = None
    if method.test.settling in (Settling.SUCCEEDS, Settling.AFTER_CANCEL):
        charge.status = "succeeded"
        bank.store.save(charge)
        _succeed(bank, intent, charge, ITSELF)
    else:
        charge.status = "failed"
        _fail(bank, intent, method, charge, ITSELF)


def after_cancel(bank: Bank, intent: Intent) -> None:
    """Schedule the late payment of a bank that ignores the cancellation of the intent."""
    intent.settles_at = None
    method = bank.store.methods.get(intent.payment_method or "")
    if method is not None and method.test.settling == Settling.AFTER_CANCEL:
        intent.settles_at = clock.now() + bank.settle_seconds
        bank.at(intent.settles_at, settle, intent.id)


def _start_slowly(bank: Bank, intent: Intent, method: PaymentMethod, cause: Cause) -> None:
    charge = _charge(bank, intent, method, "pending")
    intent.latest_charge = charge.id
    if method.test.settling == Settling.AFTER_CANCEL:
        intent.status = "requires_action"
        bank.store.save(intent)
        return
    intent.status = "processing"
    if method.test.voucher:
        intent.status = "requires_action"
        intent.next_action = _voucher(intent)
    if method.test.settling != Settling.NEVER_ENDS:
        intent.settles_at = clock.now() + (method.settle_seconds or bank.settle_seconds)
        bank.at(intent.settles_at, settle, intent.id)
    bank.store.save(intent)
    bank.publish(f"payment_intent.{intent.status}", intent.view(), cause)


def _voucher(intent: Intent) -> Json:
    """Return the voucher for the customer. Source: https://docs.stripe.com/payments/oxxo."""
    details = {
        "expires_after": int(clock.now()) + VOUCHER_SECONDS,
        "hosted_voucher_url": f"https://payments.stripe.com/oxxo/voucher/{intent.id}",
        "number": "12345678901234657890123456789012",
    }
    return {"oxxo_display_details": details, "type": "oxxo_display_details"}


def _succeed(bank: Bank, intent: Intent, charge: Charge, cause: Cause) -> None:
    intent.status = "succeeded"
    intent.next_action = None
    intent.latest_charge = charge.id
    intent.amount_received = intent.amount
    bank.store.save(intent)
    bank.publish("charge.succeeded", charge.view(), cause)
    bank.publish("payment_intent.succeeded", intent.view(), cause)
    expect_dispute(bank, charge)


def _fail(bank: Bank, intent: Intent, method: PaymentMethod, charge: Charge, cause: Cause) -> None:
    decline = method.test.decline or GENERIC
    charge.failure_code = decline.code
    charge.failure_message = decline.message
    charge.decline_code = decline.decline_code
    bank.store.save(charge)
    bank.publish("charge.failed", charge.view(), cause)
    error = {
        "charge": charge.id,
        "code": decline.code,
        "decline_code": decline.decline_code,
        "doc_url": f"https://stripe.com/docs/error-codes/{decline.code.replace('_', '-')}",
        "message": decline.message,
        "payment_method": method.view(),
        "type": "card_error",
    }
    intent.last_payment_error = {name: value for name, value in error.items() if value is not None}
    intent.latest_charge = charge.id
    _ask_for_another(bank, intent, cause)


def _ask_for_another(bank: Bank, intent: Intent, cause: Cause) -> None:
    """Let the customer try another payment method after a failed payment."""
    intent.status = "requires_payment_method"
    intent.payment_method = None
    intent.next_action = None
    bank.store.save(intent)
    bank.publish("payment_intent.payment_failed", intent.view(), cause)


def _charge(bank: Bank, intent: Intent, method: PaymentMethod, status: str) -> Charge:
    charge = Charge(
        new_id("ch"),
        intent.amount,
        intent.currency,
        int(clock.now()),
        intent.id,
        status,
        method.view(),
        description=intent.description,
        receipt_email=intent.receipt_email,
        metadata=dict(intent.metadata),
    )
    bank.store.save(charge)
    return charge
