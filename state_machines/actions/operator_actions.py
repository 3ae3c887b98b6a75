"""Actions that operators may run on an execution, most of them by the signal that each sends.

The machines name them in `operator_signals`, and others in `display`. Each locks whatever else it
changes.
"""

from collections.abc import Mapping

from models.base import db
from models.erasure import Erasure
from models.errors import InvalidInputError
from models.login import Login
from models.order import Order
from models.payment import Payment
from models.user import User
from state_machines.actions import (
    accept_payment,
    cancel_order,
    close_payment,
    erase_user,
    login_codes,
    refund_order,
    ship_order,
)
from state_machines.actions.order_lock import lock_payment_of
from state_machines.durable.operations.actions import Field, FieldKind, operator_action


@operator_action("order.accept", role="admin")
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


@operator_action("order.ship", Field("carrier"), Field("trackingNumber"))
def ship(order: Order, _reason: str | None, fields: Mapping[str, str]) -> None:
    """Record that the order was handed to a carrier."""
    lock_payment_of(order.id)
    ship_order.ship(order, fields["carrier"], fields["trackingNumber"])


@operator_action("order.refund", Field("amount", FieldKind.AMOUNT, is_required=False))
def refund(order: Order, reason: str | None, fields: Mapping[str, str]) -> None:
    """Refund a part of the order's payment, or all that is left of it."""
    request = refund_order.RefundRequest(fields.get("amount"), None, reason)
    refund_order.refund_once(lock_payment_of(order.id), request, key=None)


@operator_action("payment.close", role="admin", is_dangerous=True)
def close(payment: Payment, reason: str | None) -> None:
    """End a payment whose intent Stripe does not know."""
    if not reason:
        raise InvalidInputError("reason", "is required")
    close_payment.close(payment, reason=reason)


@operator_action("erasure.retry", role="admin", is_dangerous=True)
def retry_erasure(erasure: Erasure, reason: str | None) -> None:
    """Repeat an erasure that failed."""
    user = db.session.get_one(User, erasure.user_id)
    erase_user.retry_erasure(erasure, user, reason=reason)


@operator_action("login.resend")
def resend(login: Login, reason: str | None) -> None:
    """Send a new code for a login whose email failed."""
    login_codes.resend_code(login, reason=reason)
