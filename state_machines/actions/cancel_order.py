"""The cancellation of an order, before, during and after its payment."""

from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Any

from models.errors import ConflictError
from models.order import Order, OrderState
from models.payment import Payment, PaymentState
from models.refund import RefundState, refundable_amount, refunded_amount
from state_machines.actions.refund_order import is_withdrawn, refuse_withdrawn
from state_machines.durable import DurableMachine
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


class CancelAction(StrEnum):
    """The action that a customer is offered."""

    CANCEL = "cancel"
    CANCEL_AND_REFUND = "cancelAndRefund"


@dataclass(frozen=True, slots=True)
class Consequence:
    """The consequence of a cancellation. `refund` is minor units of `currency`."""

    action: CancelAction
    refund: int
    currency: str


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
    if payment.state != PaymentState.CANCELLING:
        machine, row, signal = _move_of(payment)
        machine.send(row, signal, reason=reason)
    return Outcome.CLOSING if order.state == OrderState.PENDING else _cancelled_outcome(order)


def foresee(payment: Payment) -> Consequence | None:
    """Return the consequence that `cancel` would have now, or None when it would change nothing.

    The payment need not be locked: the consequence may be another one by the time of the request.
    """
    machine, row, signal = _move_of(payment)
    if signal not in machine.allowed(row.state):
        return None
    currency = payment.captured_currency or payment.currency
    if payment.state != PaymentState.SUCCESS:
        return Consequence(CancelAction.CANCEL, 0, currency)
    if is_withdrawn(payment.order):
        return None
    left = max(0, refundable_amount(payment))
    return Consequence(
        CancelAction.CANCEL_AND_REFUND if left else CancelAction.CANCEL, left, currency
    )


def _move_of(payment: Payment) -> tuple[type[DurableMachine[Any]], Any, StrEnum]:
    """Return the machine, row and signal of a cancellation: an order's own once it is paid."""
    if payment.state == PaymentState.SUCCESS:
        return OrderMachine, payment.order, OrderSignal.CANCEL
    return PaymentMachine, payment, PaymentSignal.CANCEL


def _cancelled_outcome(order: Order) -> Outcome:
    under_way = refunded_amount(order.id, (RefundState.REQUESTED, RefundState.SUBMITTED))
    return Outcome.REFUNDING if under_way else Outcome.CANCELLED
