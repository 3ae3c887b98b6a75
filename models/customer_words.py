"""What customers are told of a payment that failed: sentences of ours, never a provider's words."""

# Source of the codes: https://docs.stripe.com/declines/codes
SENTENCES = {
    "insufficient_funds": "The card has not enough funds.",
    "expired_card": "The card has expired.",
    "incorrect_cvc": "The card's security code is not right.",
    "invalid_cvc": "The card's security code is not right.",
    "incorrect_number": "The card's number is not right.",
    "invalid_number": "The card's number is not right.",
    "invalid_expiry_month": "The card's expiry date is not right.",
    "invalid_expiry_year": "The card's expiry date is not right.",
    "card_velocity_exceeded": "The card has been used too often.",
    "withdrawal_count_limit_exceeded": "The card's limit is reached.",
    "currency_not_supported": "The card does not take this currency.",
    "card_not_supported": "The card does not take this kind of payment.",
    "processing_error": "The bank could not take the payment; try again in a moment.",
    "try_again_later": "The bank could not take the payment; try again in a moment.",
    "authentication_required": "The bank asks who pays: confirm it with 3-D Secure.",
    "payment_intent_authentication_failure": "The bank could not make sure who pays.",
}
# What else a decline may be (lost, stolen, suspected fraud) is not the customer's to read.
DECLINED = "The card was declined: try another one."
# Reasons in a history that are words of ours. All others are a provider's, or an operator's.
OUR_REASONS = frozenset({"expired", "never created"})


def shown_code(code: str | None) -> str | None:
    """The code as a program of the customer's may read it: one that has a sentence here, or that of
    any decline.
    """
    return code if code is None or code in SENTENCES else "card_declined"


def decline_sentence(code: str | None) -> str | None:
    """The sentence for a decline's code; None where nothing was declined."""
    return None if code is None else SENTENCES.get(code, DECLINED)


def step_reason(machine: str, signal: str, reason: str | None) -> str | None:
    """What a customer may read of why a step of the history was taken."""
    if reason is None or reason in OUR_REASONS:
        return reason
    if (machine, signal) == ("payment", "declined"):
        return decline_sentence(reason)
    return None
