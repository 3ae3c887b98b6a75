"""Amounts as Stripe checks and words them. All amounts are integers in minor units."""

from sandbox.compact import Json
from sandbox.stripe_api.errors import invalid
from sandbox.stripe_api.params import integer, required

# https://docs.stripe.com/currencies#zero-decimal
ZERO_DECIMAL = frozenset({
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv",
    "xaf", "xof", "xpf",
})  # fmt: skip
# https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
LEAST = {
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500,
    "dkk": 250, "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000,
    "myr": 200, "nok": 300, "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip
OTHERS = frozenset({
    "ars", "cop", "cny", "egp", "idr", "ils", "isk", "kes", "krw", "mad", "ngn", "pen", "php",
    "pkr", "qar", "sar", "try", "twd", "uah", "vnd", "zar",
})  # fmt: skip
MOST = 99_999_999


def worded(amount: int, currency: str) -> str:
    """As Stripe's messages put it: 2145 usd is $21.45."""
    number = f"{amount:,}" if currency in ZERO_DECIMAL else f"{amount / 100:,.2f}"
    sign = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}.get(currency)
    return f"{sign}{number}" if sign else f"{number} {currency}"


def read_currency(params: Json) -> str:
    currency = str(required(params, "currency")).lower()
    if currency not in LEAST and currency not in OTHERS:
        supported = ", ".join([*LEAST, *sorted(OTHERS)])
        raise invalid(
            f"Invalid currency: {currency}. Stripe currently supports these currencies: "
            f"{supported}",
            param="currency",
        )
    return currency


def read_amount(params: Json, currency: str) -> int:
    required(params, "amount")
    amount = integer(params, "amount") or 0
    least = LEAST.get(currency, 1)
    if amount < least:
        raise invalid(
            f"Amount must be at least {worded(least, currency)} {currency}",
            param="amount",
            code="amount_too_small",
        )
    if amount > MOST:
        raise invalid(
            f"Amount must be no more than {worded(MOST, currency)}",
            param="amount",
            code="amount_too_large",
        )
    return amount
