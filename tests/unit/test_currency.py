"""Each currency is counted and limited as Stripe's page says: https://docs.stripe.com/currencies."""

from decimal import Decimal

import pytest

from models.currency import CURRENCIES, Currency, UnknownCurrencyError, currency_of
from models.money import display, require_chargeable, to_decimal, to_minor


@pytest.mark.parametrize(
    ("major", "currency", "minor"),
    [
        ("12.5", "usd", 1250),
        ("500", "jpy", 500),
        ("12.5", "kwd", 12500),
        ("5.12", "bhd", 5120),
        ("0.01", "tnd", 10),
        ("5", "isk", 500),
        ("5", "ugx", 500),
        ("10.45", "huf", 1045),
        ("800.45", "twd", 80045),
        ("5", "KWD", 5000),
        ("7", "mga", 7),
    ],
)
def test_an_amount_is_converted_to_stripes_minor_units(
    major: str, currency: str, minor: int
) -> None:
    assert to_minor(Decimal(major), currency) == minor
    assert to_decimal(minor, currency) == Decimal(major)


@pytest.mark.parametrize(
    ("major", "currency", "why"),
    [
        ("5.124", "kwd", "not a multiple of 0.01 kwd"),
        ("0.005", "omr", "not a multiple of 0.01 omr"),
        ("5.1234", "jod", "more decimals than jod has"),
        ("5.50", "isk", "not a multiple of 1 isk"),
        ("0.01", "ugx", "not a multiple of 1 ugx"),
        ("0.5", "krw", "more decimals than krw has"),
        ("NaN", "usd", "more decimals than usd has"),
        ("Infinity", "usd", "more decimals than usd has"),
    ],
)
def test_an_amount_that_stripe_cannot_charge_is_refused(
    major: str, currency: str, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        to_minor(Decimal(major), currency)


@pytest.mark.parametrize("code", ["xyz", "", "us", "usdt", "btc", "xau", "us\u0501", "\u0131dr"])
def test_an_unsupported_currency_is_refused(code: str) -> None:
    with pytest.raises(UnknownCurrencyError, match="is not a currency that Stripe takes"):
        currency_of(code)
    with pytest.raises(ValueError, match="is not a currency that Stripe takes"):
        to_minor(Decimal(1), code)


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (12500, "kwd", "12.500 KWD"),
        (500, "isk", "5 ISK"),
        (550, "isk", "5.50 ISK"),
        (123_400, "ugx", "1,234 UGX"),
        (17500, "huf", "175.00 HUF"),
        (6400, "eur", "€64.00"),
        (100, "xyz", "1.00 XYZ"),
    ],
)
def test_an_amount_is_shown_with_the_decimals_of_its_currency(
    minor: int, currency: str, shown: str
) -> None:
    assert display(minor, currency) == shown


@pytest.mark.parametrize(
    ("currency", "least", "most"),
    [
        ("usd", 50, 99_999_999),
        ("gbp", 30, 99_999_999),
        ("huf", 17_500, 99_999_999),
        ("jpy", 50, 99_999_999),
        ("krw", 50, 99_999_999),
        ("kwd", 10, 99_999_990),
        ("isk", 100, 99_999_900),
        ("idr", 50, 999_999_999_999),
        ("cop", 50, 9_999_999_999),
        ("inr", 50, 999_999_999),
    ],
)
def test_a_charge_has_a_minimum_and_a_maximum(currency: str, least: int, most: int) -> None:
    step = currency_of(currency).step
    for minor in (least, most):
        require_chargeable(minor, currency)
    too_little, too_much = "less than the minimum", "more than the maximum"
    for minor, why in ((least - step, too_little), (0, too_little), (most + step, too_much)):
        with pytest.raises(ValueError, match=why):
            require_chargeable(minor, currency)


def test_a_charge_between_two_steps_is_refused() -> None:
    with pytest.raises(ValueError, match=r"must cost a multiple of 0\.01 kwd"):
        require_chargeable(5124, "kwd")


@pytest.mark.parametrize("currency", CURRENCIES.values(), ids=CURRENCIES)
def test_the_limits_of_a_currency_are_amounts_in_it(currency: Currency) -> None:
    assert 0 < currency.minimum < currency.maximum
    for minor in (currency.minimum, currency.maximum, currency.step):
        assert to_minor(to_decimal(minor, currency.code), currency.code) == minor
