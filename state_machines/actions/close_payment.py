"""The end of a payment whose intent Stripe does not know, by an operator."""

from models.errors import ConflictError
from models.notice import NoticeKind, is_open, settle
from models.payment import OPEN, Payment
from state_machines.payment import PaymentMachine, PaymentSignal


def close(payment: Payment, *, reason: str) -> None:
    """End a locked payment, and with it the order, for `reason`.

    Raises ConflictError when the payment has ended, or when Stripe may know the intent: cancelling
    the order asks Stripe.
    """
    if payment.state not in OPEN:
        raise ConflictError(f"The payment is {payment.state}: there is nothing to close")
    if not is_open(payment.order_id, NoticeKind.UNKNOWN_INTENT):
        raise ConflictError("Stripe may know the intent: cancel the order instead")
    PaymentMachine.send(payment, PaymentSignal.CLOSE, reason=reason)
    settle(payment.order_id, NoticeKind.UNKNOWN_INTENT)
