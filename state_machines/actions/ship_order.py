"""The shipment of an order. The order's lock decides between a shipment and a cancellation."""

from models.base import db
from models.clock import now
from models.dispute import OPEN, disputed_amounts
from models.errors import ConflictError, InvalidInputError
from models.notice import open_suspicions
from models.order import Order, OrderState
from models.payment import payment_of
from models.refund import refundable_amount
from models.shipment import Shipment
from state_machines.order import OrderMachine, OrderSignal

MAX_TEXT_LENGTH = 100  # characters


def ship(order: Order, carrier: str, tracking_number: str) -> None:
    """Record that a locked order was handed to `carrier`.

    Raises InvalidInputError for "carrier" or "trackingNumber", ConflictError while a dispute or a
    suspicion is open or once the money is lost, and SignalRefusedError unless it is Confirmed.
    """
    for field, text in (("carrier", carrier), ("trackingNumber", tracking_number)):
        if not 0 < len(text.strip()) <= MAX_TEXT_LENGTH or not text.isprintable():
            raise InvalidInputError(field, f"must be 1 to {MAX_TEXT_LENGTH} printable characters")
    refuse_unshippable(order)
    OrderMachine.send(order, OrderSignal.SHIP, reason=f"{carrier} {tracking_number}")
    parcel = Shipment(
        order_id=order.id,
        carrier=carrier.strip(),
        tracking_number=tracking_number.strip(),
        shipped_at=now(),
    )
    db.session.add(parcel)


def refuse_unshippable(order: Order) -> None:
    """Raise ConflictError while the payment is disputed or in doubt, or once it is lost."""
    if disputed_amounts(order.id, *OPEN):
        raise ConflictError("A dispute is open: the order cannot be shipped")
    if doubts := open_suspicions(order.id):
        raise ConflictError(
            f"The payment is in doubt: {'; '.join(doubts)}; settle the notice first"
        )
    if order.state == OrderState.CONFIRMED and refundable_amount(payment_of(order.id)) <= 0:
        raise ConflictError(
            "The payment was refunded or lost to a dispute: cancel the order instead"
        )


def deliver(order: Order, *, reason: str | None = None) -> None:
    """Record that the parcel of a locked order has arrived.

    Raises SignalRefusedError unless the order is Shipped.
    """
    OrderMachine.send(order, OrderSignal.DELIVER, reason=reason)
    # Without a flush, so that a bulk job writes all of its orders together.
    with db.session.no_autoflush:
        shipment = db.session.get_one(Shipment, order.id)
    shipment.delivered_at = now()
