"""Schemas of placing and cancelling orders, and of their status."""

import re
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field

from models import Order, OrderState, Payment, PaymentState
from models.money import to_decimal
from models.payment import PAYABLE
from models.problem_codes import FieldCode, InvalidValueError
from web.schemas.base import Incoming, Lines, Outgoing, Text
from web.schemas.payment import DeclineCode, shown_decline
from web.schemas.product import Amount, ProductId
from web.schemas.tracked import Tracked

# A reference is the last part of a path, so it has only characters that need no escaping there.
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~:@+=,-]*")
# Paths below /order.
RESERVED = {"status", "summary", "history", "quote", "webhook", "email-events"}


def validate_reference(text: str) -> str:
    """Return a reference that can be part of a path. Raises ValueError for any other."""
    if not REFERENCE.fullmatch(text):
        message = "must begin with a letter or digit, and contain only those and . _ ~ : @ + = , -"
        raise InvalidValueError(message, FieldCode.WRONG_FORMAT)
    if text.lower() in RESERVED:
        raise InvalidValueError("is a reserved word", FieldCode.NOT_ALLOWED)
    return text


Reference = Annotated[
    Text,
    Field(min_length=1, max_length=200, json_schema_extra={"pattern": f"^{REFERENCE.pattern}$"}),
    AfterValidator(validate_reference),
]


class Line(Incoming):
    product_id: ProductId
    quantity: Annotated[int, Field(ge=1, le=999, strict=True)]


class OrderRequest(Incoming):
    """An order to place. Prices come from the catalogue; unknown fields are refused.

    `referenceId` may be left out of a request with an `Idempotency-Key`.
    """

    reference_id: Reference | None = None
    items: list[Line] = Field(min_length=1, max_length=100)
    billing_address: Lines = Field(max_length=1000)
    shipping_address: Lines = Field(max_length=1000)
    payment_method: Text | None = Field(None, max_length=100)


class OrderTotal(Outgoing):
    """The total of an order: in major units of `currency`, and in Stripe's minor units."""

    currency: str
    total_price: Amount
    total_minor: int

    @classmethod
    def total_fields(cls, order: Order) -> dict[str, Any]:
        """Return these fields of an order."""
        return {
            "currency": order.currency,
            "total_price": to_decimal(order.total, order.currency),
            "total_minor": order.total,
        }


class OrderPlaced(OrderTotal):
    """A placed order. `clientSecret` is null until Stripe has answered, and when it refused.

    The total may differ from that of an earlier quote: a page confirms the payment only of a total
    that it has shown.
    """

    order_id: UUID
    reference_id: str
    client_secret: str | None
    message: str


class ReferencePath(Incoming):
    reference_id: Annotated[str, AfterValidator(str.strip)]


class ReferenceQuery(Incoming):
    reference_id: Text = Field(min_length=1, max_length=200)


class OrderPath(Incoming):
    order_id: UUID


class PaymentStatus(Outgoing):
    """The status of a payment. `processing` is true while a bank decides about it."""

    status: PaymentState
    processing: bool
    decline_reason: DeclineCode | None


class OrderStatus(OrderTotal):
    """The status of an order.

    `clientSecret` is set only while the order can be paid, the payment's `declineReason` only while
    it is Declined. `closing` is true while Stripe cancels the payment.
    """

    status: OrderState
    reference_id: str
    order_id: UUID
    client_secret: str | None
    closing: bool
    payment: PaymentStatus

    @classmethod
    def base_fields(cls, payment: Payment) -> dict[str, Any]:
        """Return the fields of a payment whose order is loaded."""
        return {
            **cls.total_fields(payment.order),
            "status": payment.order.state,
            "reference_id": payment.order.reference_id,
            "order_id": payment.order_id,
            "client_secret": payment.client_secret if payment.state in PAYABLE else None,
            "closing": payment.closing,
            "payment": PaymentStatus(
                status=payment.shown_state,
                processing=payment.at_bank,
                decline_reason=shown_decline(payment),
            ),
        }


class TrackedStatus(OrderStatus, Tracked):
    """The status of an order, with all that a page needs to follow it."""

    @classmethod
    def track(cls, payment: Payment, version: str) -> "TrackedStatus":
        """Create the view of a payment whose order is loaded, in the transaction that loaded it."""
        return cls(**cls.base_fields(payment), **cls.tracked_fields(payment, version))


class OrderCancelled(Outgoing):
    order_id: UUID
    reference_id: str
    status: OrderState
    message: str


def validate_states(text: str) -> str:
    """Return states that are separated by commas. Raises ValueError for any other text."""
    if not {*text.split(",")} <= {*OrderState}:
        message = f"must be some of {', '.join(OrderState)}, separated by commas"
        raise InvalidValueError(message, FieldCode.NOT_ALLOWED)
    return text


class OrderQuery(Incoming):
    """A page of orders. `cursor` is the id of the last order of the previous page.

    `status` is one status or several, such as `Pending,Confirmed`; without it, all are listed.
    """

    status: Annotated[str, AfterValidator(validate_states)] | None = None
    cursor: UUID | None = None
    size: int = Field(20, ge=1, le=100)

    @property
    def states(self) -> list[OrderState]:
        """The states to list; none of them means all."""
        return [OrderState(name) for name in self.status.split(",")] if self.status else []
