"""Stripe's rules for currencies, as far as payments need them: https://docs.stripe.com/currencies.

The table follows that page, not the shop's own table, so that tests/sandbox/test_currencies.py can
find a mistake in either.
"""

from dataclasses import dataclass
from decimal import Decimal

# "Minor units in API amounts", "Special cases" and "Minimum ... charge amounts", by how amounts are
# written; after = is the least charge in major units, where the page names one.
TWO_DECIMALS = """
USD=0.50 AED=2.00 AFN ALL AMD ANG AOA ARS=0.50 AUD=0.50 AWG AZN BAM BBD BDT BGN=1.00 BMD BND BOB
BRL=0.50 BSD BWP BYN BZD CAD=0.50 CDF CHF=0.50 CNY COP=0.50 CRC CVE CZK=15.00 DKK=2.50 DOP DZD EGP
ETB EUR=0.50 FJD FKP GBP=0.30 GEL GIP GMD GTQ GYD HKD=4.00 HNL HTG HUF=175.00 IDR=0.50 ILS=0.50
INR=0.50 JMD KES KGS KHR KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN=10.00
MYR=2.00 MZN NAD NGN NIO NOK=3.00 NPR NZD=0.50 PAB PEN PGK PHP=0.50 PKR PLN=2.00 QAR RON=2.00 RSD
RUB=0.50 SAR SBD SCR SEK=3.00 SGD=0.50 SHP SLE SOS SRD STD SZL THB=10.00 TJS TOP TRY TTD TWD TZS UAH
UYU UZS WST XCD XCG YER ZAR=0.50 ZMW
"""
NO_DECIMALS = "BIF CLP DJF GNF JPY=50 KMF KRW=50 MGA PYG RWF VND VUV XAF XOF XPF"
# The last of their three decimals must be 0.
THREE_DECIMALS = "BHD JOD KWD OMR TND"
# They have no decimals, but are written with two, which must be 00.
TWO_ZEROS = "ISK UGX"
# The maximum number of digits of an amount; 8 in all other currencies.
DIGITS = {"IDR": 12, "COP": 10, "INR": 9}


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a currency: `unit` minor units are one major unit.

    An amount is a multiple of `divisor`, from `least` to `most` minor units.
    """

    unit: int
    divisor: int
    least: int
    most: int


def _rules() -> dict[str, Rules]:
    page: dict[str, Rules] = {}
    for entries, unit, divisor in (
        (TWO_DECIMALS, 100, 1),
        (NO_DECIMALS, 1, 1),
        (THREE_DECIMALS, 1000, 10),
        (TWO_ZEROS, 100, 100),
    ):
        for entry in entries.split():
            code, _, least = entry.partition("=")
            digits = int("9" * DIGITS.get(code, 8))
            page[code.lower()] = Rules(
                unit,
                divisor,
                int(Decimal(least) * unit) if least else divisor,
                digits // divisor * divisor,
            )
    return page


PAGE = _rules()
