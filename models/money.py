"""Money: integer minor units inside, decimal numbers on the wire, never a float in between.

`models/currency.py` knows how many minor units each currency has, and which amounts Stripe takes.
"""

import re
from decimal import Decimal

from models.currency import CURRENCIES, Currency, currency_of
from models.problem_codes import FieldCode, InvalidValueError

CURRENCY_SYMBOLS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}
AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
DEFAULT_EXPONENT = 2  # Stripe's for a currency that its page does not list


def to_decimal(minor: int, currency: str) -> Decimal:
    """Return minor units as major ones: 149999 usd is 1499.99."""
    known = CURRENCIES.get(currency.lower())
    return Decimal(minor).scaleb(-(known.exponent if known else DEFAULT_EXPONENT))


def read_major(text: str) -> Decimal:
    """Return an amount in major units that a person typed, such as "12.50".

    Raises ValueError for other spellings of numbers, such as "1e1", which nobody types for 10.
    """
    if not AMOUNT.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not an amount such as 12.50")
    return Decimal(text)


def to_minor(major: Decimal, currency: str) -> int:
    """Return major units as minor ones.

    Raises ValueError unless Stripe accepts such an amount in this currency, and its subclass
    UnknownCurrencyError when Stripe does not accept the currency.
    """
    known = currency_of(currency)
    minor = major.scaleb(known.exponent)
    if not minor.is_finite() or minor != minor.to_integral_value():
        raise ValueError(f"{major} has more decimals than {known.code} has")
    if minor % known.step:
        raise ValueError(f"{major} is not a multiple of {_smallest(known)} {known.code}")
    return int(minor)


def display(minor: int, currency: str) -> str:
    """Return an amount for people: "$1,499.99", or "1,499.99 CHF" without a known symbol."""
    major = to_decimal(minor, currency)
    known = CURRENCIES.get(currency.lower())
    decimals = known.decimals if known else DEFAULT_EXPONENT
    if known and minor % known.step:
        decimals = known.exponent  # an amount that Stripe should have refused is shown exactly
    amount = f"{major:,.{decimals}f}"
    symbol = CURRENCY_SYMBOLS.get(currency.lower())
    return f"{symbol}{amount}" if symbol else f"{amount} {currency.upper()}"


def require_chargeable(minor: int, currency: str) -> None:
    """Raise InvalidValueError unless Stripe accepts a payment of this amount."""
    known = currency_of(currency)
    if minor < known.minimum:
        message = f"cost less than the minimum of {display(known.minimum, currency)}"
        raise _refused(message, FieldCode.TOTAL_TOO_SMALL, known.minimum, known)
    if minor > known.maximum:
        message = f"cost more than the maximum of {display(known.maximum, currency)}"
        raise _refused(message, FieldCode.TOTAL_TOO_LARGE, known.maximum, known)
    if minor % known.step:
        message = f"must cost a multiple of {_smallest(known)} {known.code}"
        raise InvalidValueError(message, FieldCode.INVALID)


def _refused(message: str, code: FieldCode, limit: int, currency: Currency) -> InvalidValueError:
    amount = float(to_decimal(limit, currency.code))
    return InvalidValueError(message, code, amount=amount, currency=currency.code)


def _smallest(currency: Currency) -> Decimal:
    return to_decimal(currency.step, currency.code).normalize()
