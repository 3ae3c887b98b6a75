"""The meaning of Stripe's payment intents for the rows of payments.

Answers to calls and events are recorded alike.
"""

from uuid import UUID

from config import settings
from models.base import db
from models.clock import now
from models.money import display
from models.payment import OPEN, PAYABLE, Payment, PaymentState, is_by_stripe
from models.prepared import Prepared, parameter
from models.refund import refundable_amount
from state_machines.actions.order_limits import close_if_cards_are_tested
from state_machines.actions.refund_order import cancel_refunded_order
from state_machines.durable.base.handling import NoSubjectError
from state_machines.durable.unit_of_work import announce
from state_machines.payment import PaymentMachine, PaymentSignal
from state_machines.providers.stripe.intents import Card, Intent
from state_machines.providers.stripe.payment_window import BANK_ACTIONS
from state_machines.writes.notices import settle_answered, update_dispute_notice

# The bank has finished its work.
BANK_ANSWERS = (PaymentSignal.SUCCEEDED, PaymentSignal.DECLINED, PaymentSignal.CANCELED)
# They prove that the intent exists.
SIGNALS_AFTER_CREATION = (
    PaymentSignal.DECLINED,
    PaymentSignal.PROCESSING,
    PaymentSignal.ACTION_REQUIRED,
    PaymentSignal.CANCELED,
)
# The signal for the status of an intent after an attempt to cancel it.
CANCEL_ANSWERS = {
    "succeeded": PaymentSignal.SUCCEEDED,
    "canceled": PaymentSignal.CANCELED,
    "processing": PaymentSignal.STILL_PROCESSING,
    "requires_action": PaymentSignal.STILL_WAITING,
}
PROGRESS_SIGNALS = {
    "processing": PaymentSignal.PROCESSING,
    "requires_action": PaymentSignal.ACTION_REQUIRED,
}
UNDECLINED = (PaymentState.PENDING, PaymentState.INITIATED)
# Answers at a deadline that leave the payment open.
STILL_OPEN = (PaymentSignal.STILL_PROCESSING, PaymentSignal.STILL_WAITING)


def record_intent(payment: Payment, intent: Intent, signal: PaymentSignal) -> None:
    """Record an intent on its locked payment, and have the payment observe `signal`.

    SUCCEEDED becomes MISPAID when the amount or the currency is not the order's.
    """
    _record_ids(payment, intent)
    if payment.state == PaymentState.PENDING and signal in SIGNALS_AFTER_CREATION:
        # The answer to the call that creates the intent has not arrived yet.
        PaymentMachine.observe(payment, PaymentSignal.INITIATED)
    if signal in BANK_ANSWERS:
        settle_answered(payment)
    if signal == PaymentSignal.SUCCEEDED:
        # Amounts in different currencies cannot be compared, so the first one stays.
        if payment.captured_currency in (None, intent.currency):
            payment.captured = max(payment.captured, intent.received)
            payment.captured_currency = intent.currency
        payment.charge_id = intent.charge_id
        if not payment.as_ordered:
            signal = PaymentSignal.MISPAID
    if signal == PaymentSignal.DECLINED:
        payment.decline_reason = intent.decline_reason
    if intent.card is not None:
        record_card(payment, intent.card)
    moved = PaymentMachine.observe(payment, signal, reason=_reason(intent, signal))
    _record_progress(payment, intent, has_passed=moved and signal in STILL_OPEN)
    if moved and signal == PaymentSignal.DECLINED:
        close_if_cards_are_tested(payment)
    # Its refund or its dispute may have been recorded before.
    if moved and payment.state == PaymentState.SUCCESS and refundable_amount(payment) <= 0:
        cancel_refunded_order(payment)
        update_dispute_notice(payment.order)


def record_retrieved(payment: Payment, intent: Intent) -> None:
    """Record a retrieved intent on its locked payment, with the signal that was missed, if any."""
    if signal := missed_signal(payment, intent):
        record_intent(payment, intent, signal)
    else:
        _record_progress(payment, intent)


def _record_progress(payment: Payment, intent: Intent, *, has_passed: bool = False) -> None:
    """Record what an intent waits for on its locked payment, and move the payment's deadline.

    A bank's window begins when the bank begins, and again once the deadline has passed; another
    look at the intent does not move it.
    """
    has_changed = payment.waits_for != intent.waits_for
    if has_changed:
        payment.waits_for = intent.waits_for
        announce(payment, PaymentMachine.name, payment.order_id)
    if payment.state not in PAYABLE:
        return
    until = intent.payable_until
    if until is None:
        latest = now() + settings.payment_window
        payment.deadline_at = min(payment.deadline_at or latest, latest)
    elif has_changed or has_passed or intent.waits_for not in BANK_ACTIONS:
        payment.deadline_at = max(until, payment.created_at + settings.payment_window)


def _record_ids(payment: Payment, intent: Intent) -> None:
    payment.intent_id = payment.intent_id or intent.id
    if not payment.order.erased:
        payment.client_secret = payment.client_secret or intent.client_secret


def record_card(payment: Payment, card: Card) -> None:
    """Record the card on a locked payment, and wake requests that wait for it.

    The card of a customer whose data is erased is not recorded.
    """
    if payment.order.erased:
        return
    announce(payment, PaymentMachine.name, payment.order_id)
    payment.card_brand, payment.last4 = card.brand, card.last4
    payment.exp_month, payment.exp_year = card.exp_month, card.exp_year


_BY_INTENT = Prepared(
    lambda: db.select(Payment.id).where(Payment.intent_id == parameter("intent_id"))
)


def lock_payment(intent_id: str | None, order_id: str | None) -> Payment:
    """Lock the payment of an intent, and return it.

    A payment that does not know its intent yet is found by `order_id`, from the metadata. Raises
    NoSubjectError when there is no such payment.
    """
    if intent_id is None:
        raise NoSubjectError("it is about no payment intent, and all of ours are paid by one")
    rows = _BY_INTENT.within(db.session(), intent_id=intent_id)
    payment_id: UUID | None = rows[0][0] if rows else None
    if payment_id is None and order_id is not None:
        try:
            named = Payment.order_id == UUID(order_id)
        except ValueError:
            raise NoSubjectError(f"{intent_id} names no order: {order_id!r}") from None
        payment_id = db.session.scalar(
            db.select(Payment.id).where(named, Payment.intent_id.is_(None), is_by_stripe())
        )
    if payment_id is None:
        raise NoSubjectError(f"no payment for {intent_id} of order {order_id}")
    return PaymentMachine.lock([payment_id])[payment_id]


def missed_signal(payment: Payment, intent: Intent) -> PaymentSignal | None:
    """Return the signal that brings a payment up to date with its intent, or None."""
    if intent.status == "succeeded":
        return PaymentSignal.SUCCEEDED if payment.state != PaymentState.SUCCESS else None
    if intent.status == "canceled":
        return PaymentSignal.CANCELED if payment.state in OPEN else None
    if payment.state == PaymentState.DECLINED and intent.status in PROGRESS_SIGNALS:
        return PROGRESS_SIGNALS[intent.status]
    declined = intent.status == "requires_payment_method" and intent.decline_reason
    return PaymentSignal.DECLINED if declined and payment.state in UNDECLINED else None


def _reason(intent: Intent, signal: PaymentSignal) -> str | None:
    if signal == PaymentSignal.MISPAID:
        return f"{display(intent.received, intent.currency)} came"
    return intent.decline_reason if signal == PaymentSignal.DECLINED else None
