"""What the machines put before the operator, and what settles it by itself."""

from config import settings
from models.clock import now
from models.dispute import Dispute
from models.money import display
from models.notice import NoticeKind, notice, settle
from models.order import Order
from models.payment import Payment, payment_of
from models.refund import Refund, refundable
from state_machines.durable import effect


@effect("notice.mispaid")
def mispaid(order: Order, reason: str | None) -> None:
    """Raise it: the order can be accepted or cancelled."""
    total = display(order.total, order.currency)
    notice(order.id, NoticeKind.MISPAID, f"{reason}; the order costs {total}")


@effect("notice.settle_mispaid")
def settle_mispaid(order: Order, reason: str | None) -> None:  # noqa: ARG001
    """Somebody has decided."""
    settle(order.id, NoticeKind.MISPAID)


@effect("notice.slow_payment")
def slow_payment(payment: Payment, reason: str | None) -> None:  # noqa: ARG001
    """Raise it: the bank works for longer than the shop wanted to wait."""
    sentence = "the bank is still at work after the payment's deadline; the goods stay reserved"
    notice(payment.order_id, NoticeKind.SLOW_PAYMENT, sentence)


def settle_slow_payment(payment: Payment) -> None:
    """The bank has answered."""
    # Most payments never outlive their window: nothing to write for them.
    if now() - payment.created_at >= settings.payment_window:
        settle(payment.order_id, NoticeKind.SLOW_PAYMENT)


@effect("notice.refund_failed")
def refund_failed(refund: Refund, reason: str | None) -> None:
    """Raise it: the money is here again, and still the customer's. But all of it may have gone back
    another way, such as by Stripe's dashboard.
    """
    if refundable(payment_of(refund.order_id)) <= 0:
        return
    amount = display(refund.amount, refund.currency)
    notice(refund.order_id, NoticeKind.REFUND_FAILED, f"a refund of {amount} failed: {reason}")


@effect("notice.settle_refund_failed")
def settle_refund_failed(refund: Refund, reason: str | None) -> None:  # noqa: ARG001
    """Settle it once all the money has gone back after all."""
    if refundable(payment_of(refund.order_id)) <= 0:
        settle(refund.order_id, NoticeKind.REFUND_FAILED)


@effect("notice.dispute")
def dispute(row: Dispute, reason: str | None) -> None:  # noqa: ARG001
    """Raise it: evidence must be given at Stripe, in time."""
    amount, until = display(row.amount, row.currency), row.due_by
    limit = f", evidence until {until:%Y-%m-%d %H:%M} UTC" if until else ""
    notice(row.order_id, NoticeKind.DISPUTE, f"{amount} are disputed as {row.reason}{limit}")


@effect("notice.settle_dispute")
def settle_dispute(row: Dispute, reason: str | None) -> None:  # noqa: ARG001
    """It is decided."""
    settle(row.order_id, NoticeKind.DISPUTE)
