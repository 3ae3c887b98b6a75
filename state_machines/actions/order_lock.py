"""The lock of an order and its payment, for actions that know only the order's id."""

from uuid import UUID

from models.payment import Payment, payment_of
from state_machines.payment import PaymentMachine


def lock_payment_of(order_id: UUID) -> Payment:
    """Lock an order and its payment, and return the payment."""
    payment_id = payment_of(order_id).id
    return PaymentMachine.lock([payment_id])[payment_id]
