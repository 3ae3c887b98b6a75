"""Refunds by an operator, and orders that a refund cancels."""

from models.currency import CURRENCIES
from models.dispute import WITHDRAWN, disputed_amounts
from models.errors import ConflictError, InvalidInputError
from models.money import display
from models.order import UNSHIPPED, Order
from models.payment import Payment, PaymentState, payment_of
from models.refund import RefundOrigin, refundable_amount, refunded_amount
from state_machines.order import OrderMachine, OrderSignal
from state_machines.writes.refunds import begin_refund


def refund(
    order: Order, amount: int | None = None, *, currency: str | None = None, reason: str | None
) -> None:
    """Give back `amount` minor units of a locked order; all that is left when None. All that is
    left of an order that has not left the house cancels it.

    Raises InvalidInputError for `amount` or `currency`, ConflictError when there is nothing to
    give back or the bank has taken it already.
    """
    payment = payment_of(order.id)
    left = refundable_amount(payment)
    refuse_withdrawn(order)
    if left <= 0:
        raise ConflictError("Nothing is left to refund")
    taken = payment.captured_currency or payment.currency
    if currency is not None and currency.lower() != taken:
        raise InvalidInputError("currency", f"The order was paid in {taken}")
    if amount is not None and not 0 < amount <= left:
        raise InvalidInputError("amount", f"must be more than 0 and at most {display(left, taken)}")
    if amount is not None and amount % CURRENCIES[taken].step:
        raise InvalidInputError("amount", f"is no multiple of what Stripe takes in {taken}")
    if order.state in UNSHIPPED and amount in (None, left):
        OrderMachine.send(order, OrderSignal.CANCEL, reason=reason)
    else:
        begin_refund(payment, amount or left, RefundOrigin.OPERATOR, reason)


def refuse_withdrawn(order: Order) -> None:
    """Raises ConflictError while the customer's bank has the money: Stripe refunds nothing then."""
    if disputed_amounts(order.id, *WITHDRAWN):
        raise ConflictError("A dispute is open: what was paid is with the customer's bank")


def cancel_refunded_order(payment: Payment) -> None:
    """An order that is still here, and whose money has all gone back without us, is cancelled. What
    a lost dispute alone has taken is a person's to decide.
    """
    order = payment.order
    if (
        payment.state == PaymentState.SUCCESS
        and order.state in UNSHIPPED
        and refunded_amount(order.id) > 0
        and refundable_amount(payment) <= 0
    ):
        OrderMachine.observe(order, OrderSignal.REFUNDED)
