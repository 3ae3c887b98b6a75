"""SHIPPING_COSTS has an amount for each currency in which the shop sells."""

import pytest

from config import Settings
from models.errors import InvalidInputError
from models.shipping import read_costs, require_shipping_cost


def test_each_currency_has_its_own_amount() -> None:
    assert read_costs(("usd:1000", " EUR : 900 ", "kwd:1500", "jpy:0")) == {
        "usd": 1000, "eur": 900, "kwd": 1500, "jpy": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        (("xyz:1000",), "'xyz' is not a currency that Stripe takes"),
        (("usd",), "come its minor units"),
        (("usd:",), "come its minor units"),
        (("usd:-1",), "come its minor units"),
        (("usd:10.00",), "come its minor units"),
        (("usd:\uff11",), "come its minor units"),
        (("kwd:1505",), "not a multiple of 10"),
        (("isk:550",), "not a multiple of 100"),
        (("usd:100000000",), "is more than 99999999"),
        (("usd:1000", "USD:900"), "usd is there twice"),
        ((), "names no currency"),
    ],
)
def test_an_invalid_shipping_cost_stops_the_process(entries: tuple[str, ...], why: str) -> None:
    with pytest.raises(ValueError, match=f"SHIPPING_COSTS.*{why}"):
        read_costs(entries)


def test_the_shipping_costs_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIPPING_COSTS", "usd:1000, eur:900")
    assert Settings().shipping_costs == ("usd:1000", "eur:900")


def test_the_old_shipping_cost_is_in_usd_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHIPPING_COSTS", raising=False)
    monkeypatch.setenv("SHIPPING_COST", "750")
    with pytest.warns(FutureWarning, match="usd:750 is assumed"):
        assert Settings().shipping_costs == ("usd:750",)
    monkeypatch.setenv("SHIPPING_COSTS", "eur:900")
    assert Settings().shipping_costs == ("eur:900",)


def test_a_currency_without_a_cost_names_the_field() -> None:
    require_shipping_cost("usd")
    with pytest.raises(InvalidInputError, match="there is no shipping cost in gbp") as refused:
        require_shipping_cost("gbp", "status")
    assert refused.value.field == "status"
