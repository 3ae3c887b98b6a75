"""Refunds that follow from a transition of an order or of a dispute."""

from models.base import db
from models.dispute import Dispute
from models.order import Order, OrderState
from models.payment import Payment, payment_of
from models.refund import Refund, RefundOrigin, refundable_amount
from state_machines.durable import writes
from state_machines.refund import RefundMachine, RefundSignal


@writes("refund.rest")
def refund_rest(order: Order, reason: str | None) -> None:
    """Refund the rest of a payment whose order is cancelled."""
    _refund_rest(order, RefundOrigin.CANCEL, reason)


@writes("refund.late")
def refund_late_payment(order: Order, reason: str | None) -> None:
    """Refund a payment that succeeded after its order had ended."""
    _refund_rest(order, RefundOrigin.LATE, reason)


@writes("refund.freed")
def refund_freed_payment(dispute: Dispute, reason: str | None) -> None:
    """Refund the payment of an ended order once a dispute no longer holds the money."""
    order = db.session.get_one(Order, dispute.order_id)
    if order.state == OrderState.CANCELLED:
        _refund_rest(order, RefundOrigin.CANCEL, reason)
    elif order.state == OrderState.FAILED:
        _refund_rest(order, RefundOrigin.LATE, reason)


def _refund_rest(order: Order, origin: RefundOrigin, reason: str | None) -> None:
    payment = payment_of(order.id)
    left = refundable_amount(payment)
    if left > 0:
        begin_refund(payment, left, origin, reason)


def begin_refund(payment: Payment, amount: int, origin: RefundOrigin, reason: str | None) -> None:
    """Request a refund of `amount` minor units of a locked payment."""
    row = Refund(
        order_id=payment.order_id,
        origin=origin,
        amount=amount,
        currency=payment.captured_currency or payment.currency,
        reason=reason,
    )
    RefundMachine.begin(row, RefundSignal.REQUEST, reason=reason)
