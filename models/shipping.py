"""The cost of shipping: one amount for each currency in which the shop sells."""

from collections.abc import Iterable

from config import settings
from models.currency import currency_of
from models.errors import InvalidInputError
from models.problem_codes import FieldCode
from settings_error import SettingsError

NO_COST = "there is no shipping cost in {} (see SHIPPING_COSTS): it cannot be sold"


def require_shipping_cost(currency: str, field: str = "currency") -> None:
    """Refuse to make a product available in a currency without a shipping cost.

    Raises InvalidInputError for `field`.
    """
    if currency not in SHIPPING_COSTS:
        raise InvalidInputError(field, NO_COST.format(currency), FieldCode.OTHER_CURRENCY)


def read_costs(entries: Iterable[str]) -> dict[str, int]:
    """Return the amounts of entries such as `usd:1000`, in minor units by currency.

    Raises ValueError for no entries, and for the first one that Stripe would not accept.
    """
    costs: dict[str, int] = {}
    for entry in entries:
        try:
            code, minor = _read_cost(entry)
        except ValueError as error:
            raise ValueError(f"SHIPPING_COSTS: {entry!r}: {error}") from error
        if code in costs:
            raise ValueError(f"SHIPPING_COSTS: {code} is there twice")
        costs[code] = minor
    if not costs:
        raise ValueError("SHIPPING_COSTS names no currency, such as usd:1000")
    return costs


def _read_cost(entry: str) -> tuple[str, int]:
    code, _, amount = entry.partition(":")
    currency = currency_of(code.strip())
    if not (amount.strip().isascii() and amount.strip().isdigit()):
        raise ValueError("after the currency come its minor units, as in usd:1000")
    minor = int(amount)
    if minor > currency.maximum:
        raise ValueError(f"is more than {currency.maximum}, the maximum of a payment")
    if minor % currency.step:
        raise ValueError(f"is not a multiple of {currency.step}, as required in {currency.code}")
    return currency.code, minor


def _read_setting() -> dict[str, int]:
    try:
        return read_costs(settings.shipping_costs)
    except ValueError as error:
        raise SettingsError(str(error)) from None


# Read at the import, so that a process with a wrong setting does not start.
SHIPPING_COSTS = _read_setting()
