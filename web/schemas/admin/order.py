"""Schemas of an order for staff, and of what staff do with it."""

from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from models import Notice, NoticeKind, OrderState
from state_machines.actions.order_options import OrderAction
from state_machines.actions.ship_order import MAX_TEXT_LENGTH
from web.schemas.admin.money import DisputeDetail, MoneyView, PaymentDetail, RefundDetail
from web.schemas.admin.notices import ADVICE
from web.schemas.admin.reason import Reason
from web.schemas.base import Incoming, Outgoing, Text, Timestamp
from web.schemas.product_changes import read_amount
from web.schemas.summary import ItemView, OrderSummary, ShipmentView

Version = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]
RefundAmount = Annotated[
    str,
    StringConstraints(max_length=40),
    BeforeValidator(read_amount),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0}),
]


class OrderIdPath(Incoming):
    order_id: UUID


class Change(Incoming):
    """A change of an order. 409 unless the order still is in version `ifVersion`."""

    if_version: Version


class Shipping(Change):
    carrier: Text = Field(min_length=1, max_length=MAX_TEXT_LENGTH)
    tracking_number: Text = Field(min_length=1, max_length=MAX_TEXT_LENGTH)


class Delivery(Change):
    reason: Reason | None = None


class ReasonedChange(Change):
    reason: Reason


class RefundOrder(Incoming):
    """A refund of an order. `amount` is in major units; without it all that is left is refunded.

    `currency` is the expected one: the refund is refused when the payment has another.
    """

    amount: RefundAmount | None = None
    currency: Annotated[str, StringConstraints(strict=True, pattern="^[A-Za-z]{3}$")] | None = None
    reason: Reason


class CustomerRef(Outgoing):
    id: UUID
    email: str


class OrderNotice(Outgoing):
    """A notice about an order. `advice` says what to do about it; null once it is settled."""

    id: UUID
    kind: NoticeKind
    text: str
    created_at: Timestamp
    settled_at: Timestamp | None
    advice: str | None

    @classmethod
    def of(cls, notice: Notice) -> "OrderNotice":
        names = cls.model_fields.keys() - {"advice"}
        advice = ADVICE[notice.kind] if notice.settled_at is None else None
        return cls(**{name: getattr(notice, name) for name in names}, advice=advice)


class OptionView(Outgoing):
    """An action on the order. `refusal` says why it is not possible now; null when it is."""

    action: OrderAction
    allowed: bool
    refusal: str | None


class OrderDetail(Outgoing):
    """An order for staff. `customerView` is what the customer sees of it.

    `version` is that of the order, for `ifVersion`.
    """

    id: UUID
    reference: str
    state: OrderState
    version: int
    customer: CustomerRef
    created_at: Timestamp
    updated_at: Timestamp
    billing_address: str
    shipping_address: str
    payment_method: str | None
    money: MoneyView
    items: list[ItemView]
    shipment: ShipmentView | None
    payments: list[PaymentDetail]
    refunds: list[RefundDetail]
    disputes: list[DisputeDetail]
    notices: list[OrderNotice]
    options: list[OptionView]
    customer_view: OrderSummary
