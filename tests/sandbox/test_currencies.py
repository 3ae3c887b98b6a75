"""The sandbox's currencies and the shop's are read from the same page, each for itself."""

import pytest
import stripe

from models.currency import CURRENCIES, Currency
from sandbox.stripe_api.currencies import PAGE
from tests.support.sandbox import Sandbox


def test_the_sandbox_and_the_shop_know_the_same_currencies() -> None:
    assert set(PAGE) == set(CURRENCIES)


@pytest.mark.parametrize("currency", CURRENCIES.values(), ids=CURRENCIES)
def test_a_currency_is_the_same_in_both(currency: Currency) -> None:
    rules = PAGE[currency.code]
    assert (
        rules.unit, rules.divisor, rules.least, rules.most,
    ) == (
        10**currency.exponent, currency.step, currency.minimum, currency.maximum,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (49, "usd", "amount_too_small"),
        (50, "usd", None),
        (99_999_999, "usd", None),
        (100_000_000, "usd", "amount_too_large"),
        (29, "gbp", "amount_too_small"),
        (17_499, "huf", "amount_too_small"),
        (49, "jpy", "amount_too_small"),
        (50, "jpy", None),
        (5120, "kwd", None),
        (5124, "kwd", "parameter_invalid_integer"),
        (500, "isk", None),
        (550, "isk", "parameter_invalid_integer"),
        (5001, "ugx", "parameter_invalid_integer"),
        (999_999_999_999, "idr", None),
        (1_000_000_000_000, "idr", "amount_too_large"),
    ],
)
def test_an_amount_is_accepted_or_refused_as_by_stripe(
    shared: Sandbox, amount: int, currency: str, code: str | None
) -> None:
    params: stripe.params.PaymentIntentCreateParams = {"amount": amount, "currency": currency}
    if code is None:
        assert shared.intents.create(params).amount == amount
        return
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shared.intents.create(params)
    assert (refused.value.code, refused.value.param) == (code, "amount")


def test_a_new_currency_is_checked_with_the_existing_amount(shared: Sandbox) -> None:
    intent = shared.intents.create({"amount": 5124, "currency": "usd"})
    for currency, code in (("kwd", "parameter_invalid_integer"), ("huf", "amount_too_small")):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            shared.intents.update(intent.id, {"currency": currency})
        assert refused.value.code == code
    assert shared.intents.retrieve(intent.id).currency == "usd"


def test_a_refund_has_the_steps_of_its_currency(shared: Sandbox) -> None:
    intent = shared.new_intent(
        amount=12500, currency="kwd", confirm=True, payment_method="pm_card_visa"
    )
    refunds = shared.client.v1.refunds
    with pytest.raises(stripe.InvalidRequestError, match="divisible by 10"):
        refunds.create({"payment_intent": intent.id, "amount": 5124})
    assert refunds.create({"payment_intent": intent.id, "amount": 5120}).amount == 5120


@pytest.mark.parametrize("call", ["retrieve", "confirm", "cancel", "update"])
def test_an_unknown_intent_is_missing(shared: Sandbox, call: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        getattr(shared.intents, call)("pi_of_another_account")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")
    assert "No such payment_intent: 'pi_of_another_account'" in str(refused.value)
