"""Messages to customers about failed payments: our sentences, never a provider's."""

# Source of the codes: https://docs.stripe.com/declines/codes
SENTENCES = {
    "insufficient_funds": "The card has insufficient funds.",
    "expired_card": "The card has expired.",
    "incorrect_cvc": "The card's security code is incorrect.",
    "invalid_cvc": "The card's security code is incorrect.",
    "incorrect_number": "The card's number is incorrect.",
    "invalid_number": "The card's number is incorrect.",
    "invalid_expiry_month": "The card's expiry date is incorrect.",
    "invalid_expiry_year": "The card's expiry date is incorrect.",
    "card_velocity_exceeded": "The card has been used too often.",
    "withdrawal_count_limit_exceeded": "The card's limit is reached.",
    "currency_not_supported": "The card does not take this currency.",
    "card_not_supported": "The card does not take this kind of payment.",
    "processing_error": "The bank could not take the payment; try again in a moment.",
    "try_again_later": "The bank could not take the payment; try again in a moment.",
    "authentication_required": "The bank requires you to confirm the payment with 3-D Secure.",
    "payment_intent_authentication_failure": "The bank could not verify who pays.",
}
# Other reasons (lost, stolen, suspected fraud) are not disclosed to customers.
OTHER_CODE = "card_declined"
# All codes that customers may see.
SHOWN_CODES = (*SENTENCES, OTHER_CODE)
DECLINED = "The card was declined: try another one."
# Reasons in a history that this code writes. Others come from providers or operators.
OUR_REASONS = frozenset({"expired", "never created"})


def shown_code(code: str | None) -> str | None:
    """Return the decline code that customers may see: "card_declined" unless it has a sentence."""
    return code if code is None or code in SENTENCES else OTHER_CODE


def decline_sentence(code: str | None) -> str | None:
    """Return the sentence for a decline code; None when nothing was declined."""
    return None if code is None else SENTENCES.get(code, DECLINED)


def step_code(machine: str, signal: str, reason: str | None) -> str | None:
    """Return the decline code of a transition if customers may read it, else None."""
    return shown_code(reason) if (machine, signal) == ("payment", "declined") else None


def step_reason(machine: str, signal: str, reason: str | None) -> str | None:
    """Return the reason of a transition if customers may read it, else None."""
    if reason is None or reason in OUR_REASONS:
        return reason
    if (machine, signal) == ("payment", "declined"):
        return decline_sentence(reason)
    return None
