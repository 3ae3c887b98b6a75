"""The currencies of Stripe's payments, with their minor units and limits.

Source: https://docs.stripe.com/currencies, its sections "Minor units in API amounts", "Special
cases" and "Minimum and maximum charge amounts".
"""

from collections.abc import Iterable
from typing import Annotated, NamedTuple

from pydantic import Field, StringConstraints

CODES = """
aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn
bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd
gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak
lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd
omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std
szl thb tjs tnd top try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer
zar zmw
"""
# Stripe's own list names ugx here, and its special cases overrule that.
ZERO_DECIMAL = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"
# Counted in thousandths; the last digit must be 0.
THREE_DECIMAL = ("bhd", "jod", "kwd", "omr", "tnd")
# Counted in hundredths; the last two digits must be 00. HUF and TWD are not among them:
# Stripe rounds their payouts to whole units, and takes charges in hundredths.
WHOLE_UNITS = ("isk", "ugx")
# Minor units. Stripe measures the minimum in the currency that it pays out, and publishes these;
# where it publishes none, one step is the minimum, and Stripe may still refuse the payment.
MINIMUMS = {
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500,
    "dkk": 250, "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000,
    "myr": 200, "nok": 300, "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
    "ars": 50, "cop": 50, "idr": 50, "ils": 50, "krw": 50, "php": 50, "rub": 50, "zar": 50,
}  # fmt: skip
# Digits of the maximum for every payment method. Cards may take more in some currencies.
MAX_DIGITS = {"idr": 12, "cop": 10, "inr": 9}
DEFAULT_MAX_DIGITS = 8


# Values in providers' events and responses: valid in form, though the currency may be unknown.
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{3}$")]
MinorAmount = Annotated[int, Field(ge=0, lt=2**63)]


class UnknownCurrencyError(ValueError):
    """Stripe accepts no payments in this currency."""


class Currency(NamedTuple):
    """A currency. One major unit is `10 ** exponent` minor units.

    An amount is a multiple of `step` minor units; a charge is from `minimum` to `maximum` of them.
    """

    code: str
    exponent: int
    step: int
    minimum: int
    maximum: int

    @property
    def decimals(self) -> int:
        """The number of decimals that people write; 0 where only whole units exist."""
        return 0 if self.step == 10**self.exponent else self.exponent


def currency_of(code: str) -> Currency:
    """Return the currency whose code is `code`, in any case. Raises UnknownCurrencyError."""
    currency = CURRENCIES.get(code.lower())
    if currency is None:
        raise UnknownCurrencyError(f"{code[:40]!r} is not a currency that Stripe takes")
    return currency


def codes_with(exponent: int) -> list[str]:
    """Return the codes of the currencies that have this exponent."""
    return [code for code, currency in CURRENCIES.items() if currency.exponent == exponent]


def _build(codes: Iterable[str]) -> dict[str, Currency]:
    currencies = {}
    for code in codes:
        exponent = 0 if code in ZERO_DECIMAL.split() else 3 if code in THREE_DECIMAL else 2
        step = 10 if code in THREE_DECIMAL else 100 if code in WHOLE_UNITS else 1
        minimum = MINIMUMS.get(code, step)
        maximum = 10 ** MAX_DIGITS.get(code, DEFAULT_MAX_DIGITS) - 1
        currencies[code] = Currency(code, exponent, step, minimum, maximum - maximum % step)
    return currencies


CURRENCIES = _build(CODES.split())
