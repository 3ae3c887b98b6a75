"""The limit above which refunds of an order need a recent sign-in: REFUND_STEP_UP_ABOVE."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from config import settings
from models.money import to_decimal
from models.payment import Payment
from models.refund import refunded_amount
from web import authentication


@contextmanager
def limited_refunds(payment: Payment) -> Iterator[None]:
    """Run a block that may refund the order of a locked payment.

    The refunds of an order count together, so that several small ones do not evade the limit.
    Raises StepUpError, which undoes the block's transaction.
    """
    before = refunded_amount(payment.order_id)
    yield
    after = refunded_amount(payment.order_id)
    amount = to_decimal(after, payment.captured_currency or payment.currency)
    if after > before and amount > Decimal(str(settings.refund_step_up_above)):
        authentication.require_recent_sign_in()
