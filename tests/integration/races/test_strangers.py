"""Events of money that was not paid here: the Stripe account may serve another shop, too."""

from typing import Any

import pytest

from models import SignalState
from tests.support.shop import Shop
from tests.support.stripe import Stripe, an_event, deliver

REFUND = {"amount": 900, "currency": "usd", "status": "succeeded"}
DISPUTE = {"amount": 900, "currency": "usd", "status": "needs_response", "reason": "fraudulent"}
CHARGE = {"amount_refunded": 900}


@pytest.mark.parametrize("intent", [{"payment_intent": None}, {}], ids=["null", "missing"])
@pytest.mark.parametrize(
    ("kind", "noun", "thing"),
    [
        ("refund.updated", "refund", REFUND),
        ("charge.dispute.created", "dispute", DISPUTE),
        ("charge.refunded", "charge", CHARGE),
    ],
)
def test_money_without_an_intent_is_unmatched(
    till: Shop, bank: Stripe, intent: dict[str, Any], kind: str, noun: str, thing: dict[str, Any]
) -> None:
    with_one, without = till.confirmed(), till.place()
    before = till.signals(without), till.signals(with_one)
    assert deliver(an_event(kind, noun, **thing, **intent)) == [SignalState.UNMATCHED]
    assert (till.signals(without), till.signals(with_one)) == before
    for payment_id in (without, with_one):
        assert (till.refunds(payment_id), till.notices(payment_id)) == ([], [])
