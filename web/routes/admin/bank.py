"""The route that compares an order with Stripe's own view of it."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from models import Payment, Refund, reading
from models.clock import now
from models.errors import NotFoundError
from models.payment import is_by_stripe
from state_machines.durable import CallError
from state_machines.providers.stripe.bank import Difference, compare
from state_machines.providers.stripe.intents import Intent
from state_machines.providers.stripe.refunds import StripeRefund
from web.bank import retrieve_money
from web.routes.admin.guard import Role, blueprint, needs
from web.schemas.admin.bank import BankView, BookView, Comparison, DifferenceView
from web.schemas.admin.order import OrderIdPath

api = blueprint("bank")

NO_INTENT = "Stripe has not created a payment intent of this order yet"
# Refunds of one order that are compared.
MAX_REFUNDS = 500


@api.get("/orders/<uuid:orderId>/bank", responses={200: Comparison})
@needs(Role.STAFF)
def show(path: OrderIdPath) -> Any:
    """Retrieve an order's payment and refunds from Stripe, and compare them with the rows.

    Each call to Stripe ends within PROVIDER_TIMEOUT.
    """
    payment, refunds = _load_book(path.order_id)
    problem, intent, bank_refunds = _ask(payment.intent_id)
    differences = [] if intent is None else compare(payment, refunds, intent, bank_refunds)
    if intent is None and problem is None:
        differences = [Difference("intent", payment.intent_id, None)]
    view = Comparison(
        book=BookView.of(payment, refunds),
        bank=None if intent is None else BankView.of(intent, bank_refunds),
        is_equal=not differences if problem is None else None,
        differences=[DifferenceView.of(difference) for difference in differences],
        problem=problem,
        asked_at=now(),
    )
    return view.json_ready()


def _load_book(order_id: UUID) -> tuple[Payment, list[Refund]]:
    """Load the payment and the refunds of an order. Raises NotFoundError."""
    with reading(one_snapshot=True) as session:
        payment = session.scalar(
            select(Payment).where(Payment.order_id == order_id, is_by_stripe())
        )
        if payment is None:
            raise NotFoundError("There is no such order")
        rows = select(Refund).where(Refund.order_id == order_id).order_by(Refund.id)
        return payment, list(session.scalars(rows.limit(MAX_REFUNDS)))


def _ask(intent_id: str | None) -> tuple[str | None, Intent | None, list[StripeRefund]]:
    """Return the problem, or Stripe's intent and refunds. All are empty if it has no such intent.

    No transaction is open meanwhile.
    """
    if intent_id is None:
        return NO_INTENT, None, []
    try:
        money = retrieve_money(intent_id)
    except CallError as error:
        return f"Stripe could not be asked: {error}", None, []
    return None, *(money or (None, []))
