"""A payment has a method, and Stripe's code leaves payments of other methods alone."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from models import ActivityRow, Payment, PaymentMethod, PaymentState, transaction
from models.payment import payment_of
from state_machines.durable.base.handling import NoSubjectError
from state_machines.providers.stripe.comparison import schedule_unknown_payments
from state_machines.providers.stripe.intents import Intent
from state_machines.providers.stripe.payments import lock_payment
from tests.support.till import Till
from web.schemas.payment import PaymentView

CHECK = "ck_payment_method"


@pytest.fixture
def other(till: Till) -> Iterator[UUID]:
    """Yield the order of a payment whose method is none of Stripe's."""
    payment = till.payment(till.place())
    with transaction() as session:
        session.execute(text(f"ALTER TABLE payment DROP CONSTRAINT {CHECK}"))
        session.execute(text("UPDATE payment SET method = 'GiftCard', intent_id = NULL"))
        session.execute(text("DELETE FROM activity"))
    yield payment.order_id
    with transaction() as session:
        session.execute(text("UPDATE payment SET method = 'Stripe'"))
        session.execute(
            text(f"ALTER TABLE payment ADD CONSTRAINT {CHECK} CHECK (method IN ('Stripe'))")
        )


def a_paid_intent(order_id: UUID) -> Intent:
    return Intent.read(
        {
            "id": "pi_elsewhere",
            "status": "succeeded",
            "amount_received": 100,
            "currency": "usd",
            "metadata": {"orderId": str(order_id)},
        }
    )


def test_the_payments_of_a_new_order_cover_its_total(till: Till) -> None:
    payment = till.payment(till.place())
    with transaction() as session:
        covered = select(func.sum(Payment.amount)).where(Payment.order_id == payment.order_id)
        assert session.scalar(covered) == payment.order.total
        assert payment_of(payment.order_id).method == PaymentMethod.STRIPE
    shown = PaymentView.of(payment).model_dump(mode="json", by_alias=True)
    assert shown["provider"] == "Stripe"


def test_an_event_of_stripe_finds_no_payment_of_another_method(other: UUID) -> None:
    with transaction(), pytest.raises(NoSubjectError):
        lock_payment("pi_elsewhere", str(other))


def test_a_comparison_with_stripe_asks_about_no_payment_of_another_method(other: UUID) -> None:
    with transaction():
        schedule_unknown_payments([a_paid_intent(other)])
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(ActivityRow)) == 0
        state = session.scalar(select(Payment.state).where(Payment.order_id == other))
        assert state == PaymentState.PENDING
        about = session.scalar(text("SELECT kind FROM notice"))
        assert about == "unmatched_payment", "an operator looks at the money"
