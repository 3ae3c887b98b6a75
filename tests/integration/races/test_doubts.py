"""Tests of money that a person decides about: reviews, unknown intents, unmatched payments."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from models import Notice, NoticeKind, Payment, transaction
from models.errors import ConflictError, NotFoundError
from models.notice import settle
from state_machines.actions import close_payment
from state_machines.actions.reconcile import ensure_reconciliation
from state_machines.providers.stripe import unmatched
from tests.support.shop import Shop
from tests.support.stripe import Stripe, an_event, deliver

CANCEL = "payments.cancel_intent"


def review(payment: Payment, kind: str, *, is_open: bool, key: str = "prv_1") -> dict[str, object]:
    about = {"id": key, "open": is_open, "reason": "rule", "payment_intent": payment.intent_id}
    return an_event(f"review.{kind}", "review", **about)


@pytest.mark.parametrize("first", ["opened", "closed"])
def test_an_order_under_review_is_not_shipped_until_the_review_is_closed(
    till: Shop, bank: Stripe, first: str
) -> None:
    payment_id = till.confirmed()
    payment = till.payment(payment_id)
    opened = review(payment, "opened", is_open=True)
    closed = review(payment, "closed", is_open=False)
    if first == "opened":
        deliver(opened)
        assert till.notices(payment_id) == [NoticeKind.REVIEW]
        with pytest.raises(ConflictError, match="in doubt"):
            till.ship(payment_id)
        deliver(closed)
    else:
        deliver(closed, opened)
    assert till.notices(payment_id) == []
    till.ship(payment_id)


def test_an_order_with_a_fraud_warning_is_shipped_after_a_decision(
    till: Shop, bank: Stripe
) -> None:
    payment_id = till.confirmed()
    about = {"id": "issfr_1", "actionable": True, "fraud_type": "made_with_stolen_card"}
    about["payment_intent"] = till.payment(payment_id).intent_id
    kind = "radar.early_fraud_warning"
    deliver(an_event(f"{kind}.created", kind, **about))
    assert till.notices(payment_id) == [NoticeKind.FRAUD_WARNING]
    with pytest.raises(ConflictError, match="in doubt"):
        till.ship(payment_id)
    with transaction():
        settle("issfr_1", NoticeKind.FRAUD_WARNING)
    till.ship(payment_id)


def test_an_intent_that_stripe_does_not_know_is_closed_by_a_person(
    till: Shop, bank: Stripe
) -> None:
    payment_id = till.initiated()
    with till.locked(payment_id) as payment, pytest.raises(ConflictError, match="cancel"):
        close_payment.close(payment, reason="no")
    with till.locked(payment_id) as payment:
        payment.intent_id = "pi_of_other_keys"
    till.cancel(payment_id)
    till.run(CANCEL)
    assert till.states(payment_id) == ("Cancelling", "Pending")
    assert till.notices(payment_id) == [NoticeKind.UNKNOWN_INTENT]
    with till.locked(payment_id) as payment:
        close_payment.close(payment, reason="test data was deleted")
    assert till.states(payment_id) == ("Cancelled", "Cancelled")
    assert till.notices(payment_id) == []
    assert till.shelf(payment_id) == (100, 0)


def open_notices() -> list[tuple[str, str]]:
    with transaction() as session:
        rows = select(Notice).where(Notice.settled_at.is_(None))
        return [(row.subject, row.text) for row in session.scalars(rows)]


@pytest.mark.parametrize("delivered", [True, False], ids=["by its event", "by a reconciliation"])
def test_a_payment_for_an_unknown_order_is_returned_by_an_operator(
    till: Shop, bank: Stripe, *, delivered: bool
) -> None:
    order_id = str(uuid4())
    form = {"amount": 5900, "currency": "usd", "metadata[orderId]": order_id, "confirm": "true"}
    made = bank.post("payment_intents", **form, payment_method="pm_card_visa")
    if delivered:
        deliver(*bank.events_of(made["id"], "payment_intent.succeeded"))
    else:
        with transaction():
            ensure_reconciliation()
        till.work()
    mine = [text for subject, text in open_notices() if subject == made["id"]]
    assert len(mine) == 1
    assert "$59.00" in mine[0]
    assert order_id in mine[0]
    with transaction(), pytest.raises(NotFoundError):
        unmatched.request_return("pi_of_somebody_else")
    with transaction():
        unmatched.request_return(made["id"])
    till.work()
    assert [row["amount"] for row in bank.get("refunds", payment_intent=made["id"])["data"]] == [
        5900
    ]
    assert made["id"] not in dict(open_notices())
