"""Actions that operators may run on many executions at once, by the signal that each sends.

The machines name them in `operator_signals`. Each locks whatever else it changes.
"""

from models.errors import InvalidInputError
from models.login import Login
from models.order import Order
from models.payment import Payment
from state_machines.actions import (
    accept_payment,
    cancel_order,
    close_payment,
    login_codes,
    ship_order,
)
from state_machines.actions.order_lock import lock_payment_of
from state_machines.durable.operations.commands import operator_action


@operator_action("order.accept")
def accept(order: Order, reason: str | None) -> None:
    """Confirm the order with what was paid."""
    accept_payment.accept(lock_payment_of(order.id), reason=reason)


@operator_action("order.cancel")
def cancel(order: Order, reason: str | None) -> None:
    """Cancel the order, as its customer could."""
    cancel_order.cancel(lock_payment_of(order.id), reason=reason)


@operator_action("order.deliver")
def deliver(order: Order, reason: str | None) -> None:
    """Mark the order as delivered."""
    ship_order.deliver(order, reason=reason)


@operator_action("payment.close")
def close(payment: Payment, reason: str | None) -> None:
    """End a payment whose intent Stripe does not know."""
    if not reason:
        raise InvalidInputError("reason", "is required")
    close_payment.close(payment, reason=reason)


@operator_action("login.resend")
def resend(login: Login, reason: str | None) -> None:
    """Send a new code for a login whose email failed."""
    login_codes.resend_code(login, reason=reason)
