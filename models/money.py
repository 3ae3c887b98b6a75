"""Money: integer minor units inside, decimal numbers on the wire, never a float in between."""

from decimal import Decimal

# Source: https://docs.stripe.com/currencies#zero-decimal
ZERO_DECIMAL = frozenset(
    "bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf".split()  # noqa: SIM905
)
SYMBOLS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


def exponent(currency: str) -> int:
    """How many decimals the currency has."""
    return 0 if currency.lower() in ZERO_DECIMAL else 2


def to_decimal(minor: int, currency: str) -> Decimal:
    """Minor units as major ones: 149999 usd is 1499.99."""
    return Decimal(minor).scaleb(-exponent(currency))


def to_minor(major: Decimal, currency: str) -> int:
    """Major units as minor ones. Raises ValueError when a fraction of a minor unit is left."""
    minor = major.scaleb(exponent(currency))
    if minor != minor.to_integral_value():
        raise ValueError(f"{major} has more decimals than {currency} has")
    return int(minor)


def display(minor: int, currency: str) -> str:
    """For people: "$1,499.99", or "1,499.99 CHF" where we know no symbol."""
    amount = f"{to_decimal(minor, currency):,.{exponent(currency)}f}"
    symbol = SYMBOLS.get(currency.lower())
    return f"{symbol}{amount}" if symbol else f"{amount} {currency.upper()}"
