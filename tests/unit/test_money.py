"""Money is exact."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.currency import CURRENCIES
from models.money import display, to_decimal, to_minor


@pytest.mark.parametrize(
    ("minor", "currency", "major", "shown"),
    [
        (149999, "usd", "1499.99", "$1,499.99"),
        (5, "eur", "0.05", "€0.05"),
        (1200, "jpy", "1200", "¥1,200"),
        (1200, "chf", "12.00", "12.00 CHF"),
    ],
)
def test_amounts_are_shown_as_people_write_them(
    minor: int, currency: str, major: str, shown: str
) -> None:
    assert to_decimal(minor, currency) == Decimal(major)
    assert display(minor, currency) == shown


def test_a_fraction_of_a_cent_is_refused() -> None:
    with pytest.raises(ValueError, match="more decimals than usd has"):
        to_minor(Decimal("1.005"), "usd")


@given(steps=st.integers(0, 10**15), currency=st.sampled_from(sorted(CURRENCIES)))
def test_a_conversion_and_its_reverse_return_the_amount(steps: int, currency: str) -> None:
    minor = steps * CURRENCIES[currency].step
    assert to_minor(to_decimal(minor, currency), currency) == minor


@given(minor=st.integers(0, 10**15), currency=st.sampled_from(sorted(CURRENCIES)))
def test_a_displayed_sum_is_exact(minor: int, currency: str) -> None:
    digits = re.sub(r"[^0-9.]", "", display(minor, currency).removesuffix(currency.upper()))
    assert Decimal(digits) == to_decimal(minor, currency)
