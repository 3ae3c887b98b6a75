"""Refunds by an operator, and orders that a refund cancels."""

from dataclasses import dataclass

from models.currency import CURRENCIES
from models.dispute import WITHDRAWN, disputed_amounts
from models.errors import ConflictError, InvalidInputError
from models.idempotency import carry_out_once
from models.money import display, read_major, to_minor
from models.order import UNSHIPPED, Order
from models.payment import Payment, PaymentState, payment_of
from models.refund import RefundOrigin, refundable_amount, refunded_amount
from state_machines.order import OrderMachine, OrderSignal
from state_machines.writes.refunds import begin_refund

# All operators share one scope of idempotency keys.
REFUND_KEY_SCOPE = "refunds"


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """A refund as an operator requests it: `amount` in major units, None for all that is left."""

    amount: str | None
    currency: str | None
    reason: str | None


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
        raise InvalidInputError("currency", f"must be {paid_in}, in which the order was paid")
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


def refund_once(payment: Payment, request: RefundRequest, *, key: str | None) -> tuple[str, bool]:
    """Refund the order of a locked payment, once for each `key`.

    Returns the rest for people, and whether this call has refunded, not an earlier one.

    Raises as `refund` does, and InvalidInputError when the key was used for another request.
    """
    paid_in = payment.captured_currency or payment.currency

    def carry_out() -> dict[str, str]:
        amount = None if request.amount is None else _read_amount(request.amount, paid_in)
        refund(payment.order, amount, currency=request.currency, reason=request.reason)
        return {"left": display(refundable_amount(payment), paid_in)}

    # Not the reason: repeating a request in other words must not refund again.
    same = {"order": payment.order_id, "amount": request.amount, "currency": request.currency}
    outcome, is_new = carry_out_once(REFUND_KEY_SCOPE, key, same, carry_out)
    return outcome["left"], is_new


def _read_amount(amount: str, currency: str) -> int:
    """Convert an amount to minor units. Raises InvalidInputError when it is not valid."""
    try:
        return to_minor(read_major(amount.strip()), currency)
    except ValueError as error:
        raise InvalidInputError("amount", str(error)) from error


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
