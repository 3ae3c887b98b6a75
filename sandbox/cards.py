"""Stripe's test payment methods: https://docs.stripe.com/testing."""

from dataclasses import dataclass
from enum import Enum, auto


@dataclass(frozen=True, slots=True)
class Decline:
    code: str
    message: str
    decline_code: str | None = None


class Refunding(Enum):
    AT_ONCE = auto()
    PENDING_FIRST = auto()
    FAILS_LATER = auto()
    ASKS_CUSTOMER = auto()  # `requires_action`, until it is cancelled


@dataclass(frozen=True, slots=True)
class Disputing:
    """The way in which the customer's bank disputes a payment, shortly after it."""

    status: str
    reason: str


class Settling(Enum):
    """The outcome of a slow payment that is `processing`."""

    SUCCEEDS = auto()
    FAILS = auto()
    NEVER_ENDS = auto()
    AFTER_CANCEL = auto()  # the bank does not hear of the cancellation, and pays all the same


@dataclass(frozen=True, slots=True)
class TestMethod:
    """A test method. `number` is of the card or bank account; tests use `token`."""

    __test__ = False  # pytest takes it for a test by its name

    token: str
    number: str
    brand: str = "visa"
    decline: Decline | None = None
    challenge: bool = False
    redirecting: bool = False  # the challenge is a page of the bank instead of a dialog
    refunding: Refunding = Refunding.AT_ONCE
    settling: Settling | None = None
    disputing: Disputing | None = None
    voucher: bool = False  # paid in cash in a shop, until it expires


DECLINED = "Your card was declined."
GENERIC = Decline("card_declined", DECLINED, "generic_decline")
POOR = Decline("card_declined", "Your card has insufficient funds.", "insufficient_funds")
TOO_OFTEN = Decline(
    "card_declined",
    "Your card was declined for making repeated attempts too frequently or exceeding its "
    "amount limit.",
    "card_velocity_exceeded",
)
EXPIRED = Decline("expired_card", "Your card has expired.")
WRONG_CVC = Decline("incorrect_cvc", "Your card's security code is incorrect.")
BROKEN = Decline(
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
)
NO_FUNDS_DEBIT = Decline(
    "payment_method_provider_decline",
    "The customer's account has insufficient funds to cover this payment.",
    "insufficient_funds",
)
VOUCHER_EXPIRED = Decline(
    "payment_intent_payment_attempt_expired",
    "The payment attempt failed because the voucher was not paid before it expired.",
)

FRAUD = Disputing("needs_response", "fraudulent")
MISSING = Disputing("needs_response", "product_not_received")
INQUIRY = Disputing("warning_needs_response", "fraudulent")

_PREFIX = "pm_card_chargeDeclined"
METHODS = (
    TestMethod("pm_card_visa", "4242424242424242"),
    TestMethod("pm_card_visa_debit", "4000056655665556"),
    TestMethod("pm_card_mastercard", "5555555555554444", "mastercard"),
    TestMethod("pm_card_amex", "378282246310005", "amex"),
    TestMethod("pm_card_discover", "6011111111111117", "discover"),
    TestMethod(_PREFIX, "4000000000000002", decline=GENERIC),
    TestMethod(f"{_PREFIX}InsufficientFunds", "4000000000009995", decline=POOR),
    TestMethod(
        f"{_PREFIX}LostCard",
        "4000000000009987",
        decline=Decline("card_declined", DECLINED, "lost_card"),
    ),
    TestMethod(
        f"{_PREFIX}StolenCard",
        "4000000000009979",
        decline=Decline("card_declined", DECLINED, "stolen_card"),
    ),
    TestMethod(f"{_PREFIX}VelocityLimitExceeded", "4000000000006975", decline=TOO_OFTEN),
    TestMethod(f"{_PREFIX}ExpiredCard", "4000000000000069", decline=EXPIRED),
    TestMethod(f"{_PREFIX}IncorrectCvc", "4000000000000127", decline=WRONG_CVC),
    TestMethod(f"{_PREFIX}ProcessingError", "4000000000000119", decline=BROKEN),
    TestMethod("pm_card_authenticationRequired", "4000002760003184", challenge=True),
    TestMethod("pm_card_authenticationRequiredOnSetup", "4000002500003155", challenge=True),
    TestMethod("pm_card_threeDSecure2Required", "4000000000003220", challenge=True),
    # Not a token of Stripe: in a browser its test cards show dialogs, other methods redirect.
    TestMethod(
        "pm_sandbox_challengeRedirects", "4000000000000044", challenge=True, redirecting=True
    ),
    TestMethod(
        "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
        "4000008260003178",
        challenge=True,
        decline=POOR,
    ),
    TestMethod(
        "pm_card_threeDSecureRequiredChargeDeclined",
        "4000008400001629",
        challenge=True,
        decline=GENERIC,
    ),
    TestMethod("pm_card_pendingRefund", "4000000000007726", refunding=Refunding.PENDING_FIRST),
    TestMethod("pm_card_refundFail", "4000000000005126", refunding=Refunding.FAILS_LATER),
    TestMethod("pm_card_createDispute", "4000000000000259", disputing=FRAUD),
    TestMethod("pm_card_createDisputeProductNotReceived", "4000000000002685", disputing=MISSING),
    TestMethod("pm_card_createDisputeInquiry", "4000000000001976", disputing=INQUIRY),
    TestMethod("pm_usBankAccount_success", "000123456789", settling=Settling.SUCCEEDS),
    TestMethod(
        "pm_usBankAccount_insufficientFunds",
        "000222222227",
        settling=Settling.FAILS,
        decline=NO_FUNDS_DEBIT,
    ),
    TestMethod("pm_usBankAccount_processing", "000000000009", settling=Settling.NEVER_ENDS),
    # Stripe has no test tokens for vouchers: its test mode selects the outcome by email address.
    TestMethod("pm_sandbox_voucher", "000000000026", settling=Settling.SUCCEEDS, voucher=True),
    TestMethod(
        "pm_sandbox_voucherExpires",
        "000000000034",
        settling=Settling.FAILS,
        decline=VOUCHER_EXPIRED,
        voucher=True,
    ),
    TestMethod(
        "pm_sandbox_voucherWaits", "000000000042", settling=Settling.NEVER_ENDS, voucher=True
    ),
    # Not a token of Stripe, but behaviour of some payment methods that the sandbox lacks.
    TestMethod(
        "pm_sandbox_refundRequiresAction",
        "4000000000000036",
        refunding=Refunding.ASKS_CUSTOMER,
    ),
    # Not a token of Stripe: a case that must never happen, for tests.
    TestMethod("pm_sandbox_succeedsAfterCancel", "000000000018", settling=Settling.AFTER_CANCEL),
)

BY_TOKEN = {method.token: method for method in METHODS}
BY_NUMBER = {method.number: method for method in METHODS}


def named(token: str) -> TestMethod | None:
    """Return a test method by its token. Declining cards have two: with and without `visa_`."""
    return BY_TOKEN.get(token.replace("pm_card_visa_chargeDeclined", _PREFIX))
