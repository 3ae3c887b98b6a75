"""/v1/refunds: https://docs.stripe.com/api/refunds."""

from sandbox import clock
from sandbox.cards import Refunding
from sandbox.compact import Json
from sandbox.ids import new_id
from sandbox.rows.charges import Charge
from sandbox.rows.refunds import Refund
from sandbox.stripe_api.bank import Bank, Cause, find
from sandbox.stripe_api.call import Call
from sandbox.stripe_api.chargebacks import close_inquiries
from sandbox.stripe_api.errors import StripeError, invalid
from sandbox.stripe_api.lists import page
from sandbox.stripe_api.money import refuse_fraction, worded
from sandbox.stripe_api.params import allow, integer, merge_metadata, one_of, text

CREATABLE = ("amount", "charge", "payment_intent", "reason", "metadata", "instructions_email",
             "refund_application_fee", "reverse_transfer")  # fmt: skip
REASONS = ("duplicate", "fraudulent", "requested_by_customer")
FIRST_STATUS = {Refunding.PENDING_FIRST: "pending", Refunding.ASKS_CUSTOMER: "requires_action"}


def create(call: Call) -> Json:
    params, bank = call.params, call.bank
    allow(params, CREATABLE)
    amount = integer(params, "amount")
    reason = one_of(params, "reason", REASONS)
    metadata = merge_metadata({}, params)
    charge = _charge_of(call)
    _refuse_disputed(call, charge)
    _refuse_too_much(charge, amount)
    refuse_fraction(amount or charge.left, charge.currency)
    refund = Refund(
        new_id("re"),
        amount or charge.left,
        charge.currency,
        int(clock.now()),
        charge.id,
        charge.payment_intent,
        "succeeded",
        reason=reason,
        metadata=metadata,
    )
    _begin(bank, refund, charge)
    charge.amount_refunded += refund.amount
    bank.store.save(charge)
    bank.publish("refund.created", refund.view(), call.cause)
    bank.publish("charge.refunded", charge.view(), call.cause)
    if charge.left == 0:
        close_inquiries(bank, charge, call.cause)
    return refund.view()


def retrieve(call: Call) -> Json:
    return find(call.bank.store.refunds, "refund", call.row, "refund").view()


def update(call: Call) -> Json:
    allow(call.params, {"metadata"})
    refund = find(call.bank.store.refunds, "refund", call.row, "refund")
    refund.metadata = merge_metadata(refund.metadata, call.params)
    call.bank.store.save(refund)
    call.bank.publish("refund.updated", refund.view(), call.cause)
    return refund.view()


def cancel(call: Call) -> Json:
    """Cancel a refund that requires an action by the customer."""
    allow(call.params, set())
    refund = find(call.bank.store.refunds, "refund", call.row, "refund")
    if refund.status != "requires_action":
        raise StripeError("Canceling this refund is unsupported.")
    refund.status = "canceled"
    refund.failure_reason = "merchant_request"
    _take_back(call.bank, refund)
    call.bank.publish("refund.updated", refund.view(), call.cause)
    return refund.view()


def list_all(call: Call) -> Json:
    charge, intent = call.params.get("charge"), call.params.get("payment_intent")
    return page(
        call,
        reversed(call.bank.store.refunds.values()),
        "refund",
        lambda row: charge in (None, row.charge) and intent in (None, row.payment_intent),
        also=("charge", "payment_intent"),
    )


def settle(bank: Bank, refund_id: str) -> None:
    """End a slow refund: the bank accepted it or returned it."""
    refund = bank.store.refunds[refund_id]
    refund.settles_at = None
    if refund.status == "pending":
        refund.status = "succeeded"
        bank.store.save(refund)
        bank.publish("refund.updated", refund.view(), Cause())
        return
    refund.status = "failed"
    refund.failure_reason = "expired_or_canceled_card"
    _take_back(bank, refund)
    bank.publish("refund.updated", refund.view(), Cause())
    bank.publish("refund.failed", refund.view(), Cause())


def _take_back(bank: Bank, refund: Refund) -> None:
    """Return the money of a refund to the shop, so that it can be refunded again."""
    bank.store.save(refund)
    charge = bank.store.charges[refund.charge]
    charge.amount_refunded -= refund.amount
    bank.store.save(charge)


def _begin(bank: Bank, refund: Refund, charge: Charge) -> None:
    refunding = bank.store.methods[charge.method["id"]].test.refunding
    refund.status = FIRST_STATUS.get(refunding, "succeeded")
    if refunding in (Refunding.PENDING_FIRST, Refunding.FAILS_LATER):
        refund.settles_at = clock.now() + bank.settle_seconds
        bank.at(refund.settles_at, settle, refund.id)
    bank.store.save(refund)


def _charge_of(call: Call) -> Charge:
    store = call.bank.store
    if key := text(call.params, "charge"):
        charge = find(store.charges, "charge", key, "charge")
        if charge.status == "succeeded":
            return charge
        raise StripeError(f"Charge {key} is not refundable: it has not succeeded.", param="charge")
    if key := text(call.params, "payment_intent"):
        intent = find(store.intents, "payment_intent", key, "payment_intent")
        if intent.status == "succeeded" and intent.latest_charge:
            return store.charges[intent.latest_charge]
        raise StripeError(
            f"This PaymentIntent ({key}) does not have a successful charge to refund.",
            param="payment_intent",
        )
    raise invalid(
        "One of the following params should be provided for this request: payment_intent or charge."
    )


def _refuse_disputed(call: Call, charge: Charge) -> None:
    if any(dispute.withdrawn for dispute in call.bank.store.disputes_of(charge)):
        raise StripeError(
            f"Charge {charge.id} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )


def _refuse_too_much(charge: Charge, amount: int | None) -> None:
    if charge.left == 0:
        raise StripeError(
            f"Charge {charge.id} has already been refunded.", code="charge_already_refunded"
        )
    if amount is not None and amount > charge.left:
        what = "unrefunded amount on charge" if charge.amount_refunded else "charge amount"
        raise StripeError(
            f"Refund amount ({worded(amount, charge.currency)}) is greater than {what} "
            f"({worded(charge.left, charge.currency)})",
            param="amount",
        )
