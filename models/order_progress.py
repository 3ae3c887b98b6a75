"""The progress of an order, for a client that waits until it can be paid."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from models.errors import NotFoundError
from models.order import Order, OrderState
from models.payment import PAYABLE, Payment, PaymentState
from models.prepared import Prepared, parameter


class OrderProgress(NamedTuple):
    """An order with its total, in minor units of `currency`, and the state of its payment."""

    order_id: UUID
    reference_id: str
    currency: str
    total: int
    state: OrderState
    payment_state: PaymentState
    intent_secret: str | None

    @property
    def client_secret(self) -> str | None:
        """The client secret, while the order can be paid."""
        return self.intent_secret if self.payment_state in PAYABLE else None

    @property
    def settled(self) -> bool:
        """True when the order can be paid or has ended."""
        return self.client_secret is not None or self.state != OrderState.PENDING


_PROGRESS = Prepared(
    lambda: (
        select(Order.id, Order.reference_id, Order.currency, Order.total)
        .add_columns(Order.state, Payment.state, Payment.client_secret)
        .join(Payment, Payment.order_id == Order.id)
        .where(Order.id == parameter("order_id"))
    )
)


def load_progress(order_id: UUID) -> OrderProgress:
    """Load the progress of an order. Raises NotFoundError."""
    row = _PROGRESS.first(order_id=order_id)
    if row is None:
        raise NotFoundError("There is no such order")
    return OrderProgress(*row)
