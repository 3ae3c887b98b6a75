"""The actions that an operator has for an order now, and the reasons against the others."""

from collections.abc import Callable
from enum import StrEnum, auto

from models.errors import ConflictError
from models.payment import Payment
from models.refund import refundable_amount
from state_machines.actions import accept_payment, cancel_order, ship_order
from state_machines.actions.refund_order import refuse_withdrawn
from state_machines.order import OrderMachine, OrderSignal


class OrderAction(StrEnum):
    SHIP = auto()
    DELIVER = auto()
    CANCEL = auto()
    REFUND = auto()
    ACCEPT = auto()


def list_refusals(payment: Payment) -> dict[OrderAction, str | None]:
    """Return for each action why it would be refused now; None when it is possible.

    The payment, whose order is loaded, need not be locked.
    """
    checks: dict[OrderAction, Callable[[Payment], None]] = {
        OrderAction.SHIP: _check_ship,
        OrderAction.DELIVER: lambda paid: _require_arrow(paid, OrderSignal.DELIVER),
        OrderAction.CANCEL: _check_cancel,
        OrderAction.REFUND: _check_refund,
        OrderAction.ACCEPT: _check_accept,
    }
    return {action: _refusal(check, payment) for action, check in checks.items()}


def _refusal(check: Callable[[Payment], None], payment: Payment) -> str | None:
    try:
        check(payment)
    except ConflictError as error:
        return str(error)
    return None


def _require_arrow(payment: Payment, signal: OrderSignal) -> None:
    order = payment.order
    if signal not in OrderMachine.allowed(order.state):
        raise ConflictError(f"The order is {order.state}: {signal} is not possible")


def _check_ship(payment: Payment) -> None:
    _require_arrow(payment, OrderSignal.SHIP)
    ship_order.refuse_unshippable(payment.order)


def _check_cancel(payment: Payment) -> None:
    order = payment.order
    if order.state in cancel_order.TOO_LATE:
        raise ConflictError(cancel_order.TOO_LATE[order.state])
    if cancel_order.foresee(payment) is None:
        refuse_withdrawn(order)
        ended = f"The order is {order.state}, its payment {payment.state}"
        raise ConflictError(f"{ended}: a cancellation would change nothing")


def _check_refund(payment: Payment) -> None:
    refuse_withdrawn(payment.order)
    if refundable_amount(payment) <= 0:
        raise ConflictError("Nothing is left to refund")


def _check_accept(payment: Payment) -> None:
    _require_arrow(payment, OrderSignal.ACCEPT)
    accept_payment.refuse_unacceptable(payment)
