"""Orders: what is asked for, and how far it has come."""

import re
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from models import OrderState, Payment, PaymentState
from models.customer_words import shown_code
from models.payment import PAYABLE
from web.schemas.base import Incoming, Lines, Outgoing, Text
from web.schemas.product import ProductId

# The last part of a path: nothing that a browser, a proxy or a router reads as something else.
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~:@+=,-]*")
# Our own paths under /order.
RESERVED = {"status", "summary", "history", "webhook", "email-events"}


def judge_reference(text: str) -> str:
    """Return a reference that a path can carry. Raises ValueError for any other."""
    if not REFERENCE.fullmatch(text):
        raise ValueError(
            "must begin with a letter or digit, and have only those and . _ ~ : @ + = , -"
        )
    if text.lower() in RESERVED:
        raise ValueError("is a reserved word")
    return text


Reference = Annotated[
    Text,
    Field(min_length=1, max_length=200, json_schema_extra={"pattern": f"^{REFERENCE.pattern}$"}),
    AfterValidator(judge_reference),
]


class Line(Incoming):
    product_id: ProductId
    quantity: Annotated[int, Field(ge=1, le=999, strict=True)]


class OrderRequest(Incoming):
    """What to buy. Prices are not the client's to name: any other field is refused. `referenceId`
    may be left out of a request that has an `Idempotency-Key`.
    """

    reference_id: Reference | None = None
    items: list[Line] = Field(min_length=1, max_length=100)
    billing_address: Lines = Field(max_length=1000)
    shipping_address: Lines = Field(max_length=1000)
    payment_method: Text | None = Field(None, max_length=100)


class OrderPlaced(Outgoing):
    """`clientSecret` is null while Stripe has not answered, and when it refused."""

    order_id: UUID
    reference_id: str
    client_secret: str | None
    message: str


class ReferencePath(Incoming):
    reference_id: Annotated[str, AfterValidator(str.strip)]


class OrderPath(Incoming):
    order_id: UUID


class PaymentStatus(Outgoing):
    status: PaymentState
    decline_reason: str | None


class OrderStatus(Outgoing):
    """`clientSecret` is there only while the order can be paid, the payment's `declineReason` while
    it is Declined, `closing` while Stripe is asked to let nobody pay any more.
    """

    status: OrderState
    reference_id: str
    order_id: UUID
    client_secret: str | None
    closing: bool
    payment: PaymentStatus

    @classmethod
    def of(cls, payment: Payment) -> "OrderStatus":
        """From a payment with its order loaded."""
        declined = payment.state == PaymentState.DECLINED
        return cls(
            status=payment.order.state,
            reference_id=payment.order.reference_id,
            order_id=payment.order_id,
            client_secret=payment.client_secret if payment.state in PAYABLE else None,
            closing=payment.closing,
            payment=PaymentStatus(
                status=payment.shown_state,
                decline_reason=shown_code(payment.decline_reason) if declined else None,
            ),
        )

    @classmethod
    def new(cls, order_id: UUID, reference_id: str) -> "OrderStatus":
        """Of an order that was placed this moment."""
        return cls(
            status=OrderState.PENDING,
            reference_id=reference_id,
            order_id=order_id,
            client_secret=None,
            closing=False,
            payment=PaymentStatus(status=PaymentState.PENDING, decline_reason=None),
        )

    @property
    def settled(self) -> bool:
        """Whether there is something to do for the customer: pay, or see how it ended."""
        return self.client_secret is not None or self.status != OrderState.PENDING


class OrderCancelled(Outgoing):
    order_id: UUID
    reference_id: str
    status: OrderState
    message: str


class OrderQuery(Incoming):
    """`cursor` is the id of the last order of the page before."""

    cursor: UUID | None = None
    size: int = Field(20, ge=1, le=100)
