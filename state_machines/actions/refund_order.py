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
    """Refund `amount` minor units of a locked order; None means all that is left.

    Refunding all that is left of an unshipped order cancels it. Raises InvalidInputError for
    `amount` or `currency`, and ConflictError when nothing is left or a dispute holds the money.
    """
    payment = payment_of(order.id)
    left = refundable_amount(payment)
    refuse_withdrawn(order)
    if left <= 0:
        raise ConflictError("Nothing is left to refund")
    paid_in = payment.captured_currency or payment.currency
    if currency is not None and currency.lower() != paid_in:
        raise InvalidInputError("currency", f"The order was paid in {paid_in}")
    if amount is not None and not 0 < amount <= left:
        limit = display(left, paid_in)
        raise InvalidInputError("amount", f"must be more than 0 and at most {limit}")
    step = CURRENCIES[paid_in].step
    if amount is not None and amount % step:
        raise InvalidInputError("amount", f"must be a multiple of {display(step, paid_in)}")
    if order.state in UNSHIPPED and amount in (None, left):
        OrderMachine.send(order, OrderSignal.CANCEL, reason=reason)
    else:
        begin_refund(payment, amount or left, RefundOrigin.OPERATOR, reason)


def refuse_withdrawn(order: Order) -> None:
    """Raise ConflictError while the customer's bank holds the money: Stripe refuses refunds."""
    if is_withdrawn(order):
        raise ConflictError("A dispute is open: the customer's bank holds the money")


def is_withdrawn(order: Order) -> bool:
    """Return whether the customer's bank holds the money of an order because of a dispute."""
    return bool(disputed_amounts(order.id, *WITHDRAWN))


def cancel_refunded_order(payment: Payment) -> None:
    """Cancel the unshipped order of a payment that was refunded as a whole at Stripe.

    An operator decides about money that only a lost dispute has taken.
    """
    order = payment.order
    if (
        payment.state == PaymentState.SUCCESS
        and order.state in UNSHIPPED
        and refunded_amount(order.id) > 0
        and refundable_amount(payment) <= 0
    ):
        OrderMachine.observe(order, OrderSignal.REFUNDED)
