"""The cancellation of an order, before, during and after its payment."""

from enum import StrEnum, auto

from models.errors import ConflictError
from models.order import Order, OrderState
from models.payment import Payment, PaymentState
from models.refund import RefundState, refunded_amount
from state_machines.actions.refund_order import refuse_withdrawn
from state_machines.order import OrderMachine, OrderSignal
from state_machines.payment import PaymentMachine, PaymentSignal

TOO_LATE = {
    OrderState.SHIPPED: "The order has been shipped",
    OrderState.DELIVERED: "The order has been delivered",
    OrderState.FAILED: "The order has failed: there is nothing to cancel",
}


class Outcome(StrEnum):
    """The result of a cancellation, as told to the client."""

    CLOSING = auto()  # Stripe is asked to cancel the intent
    REFUNDING = auto()  # the order is cancelled, and the money is on its way back
    CANCELLED = auto()


def cancel(payment: Payment, *, reason: str | None = None) -> Outcome:
    """Cancel the order of a locked payment. Repeating it changes nothing.

    Raises ConflictError when it is too late, or while a dispute is open.
    """
    order = payment.order
    if order.state in TOO_LATE:
        raise ConflictError(TOO_LATE[order.state])
    if order.state == OrderState.CANCELLED:
        return _cancelled_outcome(order)
    if payment.state == PaymentState.SUCCESS:
        refuse_withdrawn(order)
        OrderMachine.send(order, OrderSignal.CANCEL, reason=reason)
        return _cancelled_outcome(order)
    if payment.state != PaymentState.CANCELLING:
        PaymentMachine.send(payment, PaymentSignal.CANCEL, reason=reason)
    return Outcome.CLOSING


def _cancelled_outcome(order: Order) -> Outcome:
    under_way = refunded_amount(order.id, (RefundState.REQUESTED, RefundState.SUBMITTED))
    return Outcome.REFUNDING if under_way else Outcome.CANCELLED
