"""The acceptance of a payment in another amount or currency, by an operator."""

from models.errors import ConflictError
from models.payment import Payment, PaymentState
from models.refund import refundable_amount
from state_machines.order import OrderMachine, OrderSignal


def accept(payment: Payment, *, reason: str | None = None) -> None:
    """Confirm the order of a locked payment as it was paid.

    Raises ConflictError unless the payment succeeded and something of it is left, and
    SignalRefusedError unless the order is Pending.
    """
    refuse_unacceptable(payment)
    OrderMachine.send(payment.order, OrderSignal.ACCEPT, reason=reason)


def refuse_unacceptable(payment: Payment) -> None:
    """Raise ConflictError unless the payment succeeded and something of it is left."""
    if payment.state != PaymentState.SUCCESS:
        raise ConflictError(f"The payment is {payment.state}: there is nothing to accept")
    if refundable_amount(payment) <= 0:
        raise ConflictError("Nothing is left of the payment: there is nothing to accept")
