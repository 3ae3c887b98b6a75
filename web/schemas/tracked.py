"""Schemas of what a page needs to follow an order."""

from typing import Any

from models import Payment
from models.money import to_decimal
from models.payment import PAYABLE
from state_machines.actions.cancel_order import CancelAction, foresee
from web.schemas.base import Outgoing, Timestamp
from web.schemas.product import Amount


class Cancellation(Outgoing):
    """The consequence of a cancellation. `refundAmount` is in major units of `currency`."""

    action: CancelAction
    refund_amount: Amount
    currency: str


class Tracked(Outgoing):
    """The fields with which a page follows an order.

    `payBy` is the time until which it can be paid, `cancellable` the consequence of a cancellation;
    each is null when that is not possible. `version` differs after any change of the order, and is
    the response's ETag.
    """

    version: str
    pay_by: Timestamp | None
    cancellable: Cancellation | None

    @classmethod
    def tracked_fields(cls, payment: Payment, version: str) -> dict[str, Any]:
        """Return these fields, in the transaction that has loaded the payment and its order."""
        consequence = foresee(payment)
        return {
            "version": version,
            "pay_by": payment.deadline_at if payment.state in PAYABLE else None,
            "cancellable": consequence
            and Cancellation(
                action=consequence.action,
                refund_amount=to_decimal(consequence.refund, consequence.currency),
                currency=consequence.currency,
            ),
        }
