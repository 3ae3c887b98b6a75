"""The lock of an order and its payment, for actions that know only the order's id."""

from uuid import UUID

from models.base import db
from models.errors import NotFoundError
from models.payment import Payment, is_by_stripe
from state_machines.payment import PaymentMachine


def lock_payment_of(order_id: UUID) -> Payment:
    """Lock an order and its payment, and return the payment. Raises NotFoundError."""
    query = db.select(Payment.id).where(Payment.order_id == order_id, is_by_stripe())
    payment_id = db.session.scalar(query)
    if payment_id is None:
        raise NotFoundError("There is no such order")
    return PaymentMachine.lock([payment_id])[payment_id]
