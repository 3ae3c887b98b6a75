"""Checks and texts of amounts, as Stripe has them. Amounts are integers in minor units."""

from sandbox.compact import Json
from sandbox.stripe_api.currencies import PAGE
from sandbox.stripe_api.errors import invalid
from sandbox.stripe_api.params import integer, required

SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


def worded(amount: int, currency: str) -> str:
    """Return an amount as in Stripe's messages: 2145 usd is $21.45."""
    unit = PAGE[currency].unit
    decimals = len(str(unit)) - 1
    number = f"{amount / unit:,.{decimals}f}"
    sign = SIGNS.get(currency)
    return f"{sign}{number}" if sign else f"{number} {currency}"


def read_currency(params: Json) -> str:
    """Return the currency of a payment. Raises StripeError for one that Stripe does not take."""
    currency = str(required(params, "currency")).lower()
    if currency not in PAGE:
        raise invalid(
            f"Invalid currency: {currency}. Stripe currently supports these currencies: "
            f"{', '.join(PAGE)}",
            param="currency",
        )
    return currency


def read_amount(params: Json, currency: str) -> int:
    """Return the amount of a payment. Raises StripeError for one that Stripe does not take."""
    required(params, "amount")
    amount = integer(params, "amount") or 0
    refuse_amount(amount, currency)
    return amount


def refuse_amount(amount: int, currency: str) -> None:
    """Raise StripeError unless Stripe takes a payment of this amount."""
    rules = PAGE[currency]
    if amount < rules.least:
        raise invalid(
            f"Amount must be at least {worded(rules.least, currency)} {currency}",
            param="amount",
            code="amount_too_small",
        )
    if amount > rules.most:
        raise invalid(
            f"Amount must be no more than {worded(rules.most, currency)}",
            param="amount",
            code="amount_too_large",
        )
    refuse_fraction(amount, currency)


def refuse_fraction(amount: int, currency: str) -> None:
    """Raise StripeError for an amount with a digit that must be 0. The wording is not Stripe's."""
    divisor = PAGE[currency].divisor
    if amount % divisor:
        raise invalid(
            f"Invalid amount: in {currency} it must be evenly divisible by {divisor}.",
            param="amount",
            code="parameter_invalid_integer",
        )
