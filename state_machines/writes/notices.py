"""The notices that machines open for the operator, and settle when they are no longer needed."""

from datetime import timedelta

from config import settings
from models.base import db
from models.clock import now
from models.dispute import OPEN, Dispute, DisputeState, disputed_amounts
from models.durable.signal import SignalState
from models.money import display
from models.notice import NoticeKind, open_notice, settle
from models.order import UNSHIPPED, Order
from models.payment import Payment, payment_of
from models.refund import Refund, refundable_amount
from state_machines.durable import writes
from state_machines.durable.base.handling import Outcome


def watch_signals(source: str, external_id: str, kind: str, outcome: Outcome) -> None:
    """Open a notice for a failed signal; settle it once a later attempt has succeeded."""
    state, _, error = outcome
    subject = f"{source} {external_id}"
    if state == SignalState.FAILED:
        sentence = f"{kind} could not be applied: {error}; once that is mended: signals replay"
        open_notice(None, NoticeKind.FAILED_SIGNAL, sentence, subject=subject)
    else:
        settle(subject, NoticeKind.FAILED_SIGNAL)


@writes("notice.mispaid")
def notify_mispaid(order: Order, reason: str | None) -> None:
    """Open the notice of another amount or currency: an operator accepts or cancels the order."""
    total = display(order.total, order.currency)
    open_notice(order.id, NoticeKind.MISPAID, f"{reason}; the order costs {total}")


@writes("notice.settle_mispaid")
def settle_mispaid(order: Order, _reason: str | None) -> None:
    """Settle the notice: an operator has decided."""
    settle(order.id, NoticeKind.MISPAID)


@writes("notice.slow_payment")
def notify_slow_payment(payment: Payment, _reason: str | None) -> None:
    """Open the notice of a bank that is still at work after the payment's deadline."""
    sentence = "the bank is still at work after the payment's deadline; the goods stay reserved"
    open_notice(payment.order_id, NoticeKind.SLOW_PAYMENT, sentence)


def settle_answered(payment: Payment) -> None:
    """Settle the notices about a slow payment and an unknown intent: the bank has answered."""
    # Most payments end before a poll or a cancellation could open one: this saves two statements.
    if payment.closing or now() - payment.created_at >= timedelta(seconds=settings.poll_ages[0]):
        settle(payment.order_id, NoticeKind.SLOW_PAYMENT)
        settle(payment.order_id, NoticeKind.UNKNOWN_INTENT)


def notify_unknown_intent(payment: Payment) -> None:
    """Open the notice of an intent that Stripe does not know."""
    sentence = (
        f"Stripe does not know {payment.intent_id}: check that STRIPE_SECRET_KEY belongs to the"
        f" account that made it. If it is gone for good: payments close {payment.id} --reason ..."
    )
    open_notice(payment.order_id, NoticeKind.UNKNOWN_INTENT, sentence)


def notify_unknown_refund(refund: Refund) -> None:
    """Open the notice of a refund that Stripe does not know: its outcome is unknown."""
    amount = display(refund.amount, refund.currency)
    sentence = (
        f"Stripe does not know {refund.stripe_id}, a refund of {amount}: check that"
        " STRIPE_SECRET_KEY belongs to the account that made it"
    )
    open_notice(refund.order_id, NoticeKind.REFUND_FAILED, sentence)


@writes("notice.refund_failed")
def notify_refund_failed(refund: Refund, reason: str | None) -> None:
    """Open the notice of a failed refund, unless the whole payment went back another way.

    An operator may have refunded it in Stripe's dashboard.
    """
    if refundable_amount(payment_of(refund.order_id)) <= 0:
        return
    amount = display(refund.amount, refund.currency)
    open_notice(refund.order_id, NoticeKind.REFUND_FAILED, f"a refund of {amount} failed: {reason}")


@writes("notice.settle_refund_failed")
def settle_refund_failed(refund: Refund, _reason: str | None) -> None:
    """Settle the notice of a failed refund once the whole payment went back."""
    if refundable_amount(payment_of(refund.order_id)) <= 0:
        settle(refund.order_id, NoticeKind.REFUND_FAILED)


@writes("notice.dispute")
def notify_dispute(row: Dispute, _reason: str | None) -> None:
    """Bring the notice about the order's disputes up to date."""
    update_dispute_notice(db.session.get_one(Order, row.order_id))


@writes("notice.settle_lost")
def settle_lost_dispute(order: Order, _reason: str | None) -> None:
    """Settle the notice of a lost dispute: the order is cancelled."""
    update_dispute_notice(order)


def update_dispute_notice(order: Order) -> None:
    """Open, rewrite or settle the one notice about all disputes of a locked order."""
    sentence = _open_sentence(order) or _lost_sentence(order)
    if sentence:
        open_notice(order.id, NoticeKind.DISPUTE, sentence)
    else:
        settle(order.id, NoticeKind.DISPUTE)


def _open_sentence(order: Order) -> str | None:
    """Return the sentence about the open dispute with the earliest time limit, or None."""
    mine = db.select(Dispute).where(Dispute.order_id == order.id, Dispute.state.in_(OPEN))
    row = db.session.scalars(mine.order_by(Dispute.due_by, Dispute.id).limit(1)).first()
    if row is None:
        return None
    limit = f", evidence until {row.due_by:%Y-%m-%d %H:%M} UTC" if row.due_by else ""
    return f"{display(row.amount, row.currency)} are disputed as {row.reason}{limit}"


def _lost_sentence(order: Order) -> str | None:
    """Return the sentence about an unshipped order whose money is lost, or None."""
    if order.state not in UNSHIPPED:
        return None
    payment, lost = payment_of(order.id), disputed_amounts(order.id, DisputeState.LOST)
    if payment.captured == 0 or not lost or refundable_amount(payment) > 0:
        return None
    amounts = " and ".join(display(amount, currency) for currency, amount in lost.items())
    return f"a dispute of {amounts} is lost: the money is gone; cancel the order"
