"""Schemas of an order's payments, refunds and disputes, for staff."""

from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from models import (
    Dispute,
    DisputeState,
    Payment,
    PaymentMethod,
    PaymentState,
    Refund,
    RefundOrigin,
    RefundState,
)
from models.currency import CURRENCIES
from models.money import DEFAULT_EXPONENT, to_decimal
from models.refund import refundable_amount
from web.schemas.base import Outgoing, Timestamp
from web.schemas.product import Amount


class MoneyView(Outgoing):
    """The money of an order: in major units of `currency`, and exactly in its minor units.

    `currency` is that of the payment, in which the order is refunded; a bank may have captured
    another than `orderCurrency`. `refunded` includes refunds under way, and of it
    `refundRequested` is not accepted by the bank yet. Amounts of refunds are multiples of `step`
    minor units, and have at most `decimals` decimals.
    """

    currency: str
    decimals: int
    step: int
    captured: Amount
    captured_minor: int
    refunded: Amount
    refunded_minor: int
    refund_requested: Amount
    refund_requested_minor: int
    refundable: Amount
    refundable_minor: int
    order_currency: str
    total: Amount
    total_minor: int
    subtotal: Amount
    shipping_cost: Amount
    tax_amount: Amount

    @classmethod
    def of(cls, payment: Payment, *, refunded: int, requested: int) -> Self:
        """Create the view of a payment, in the transaction that has loaded it and its order."""
        order, paid_in = payment.order, payment.captured_currency or payment.currency
        known = CURRENCIES.get(paid_in)
        refundable = max(0, refundable_amount(payment))

        def major(minor: int) -> Decimal:
            return to_decimal(minor, order.currency)

        return cls(
            currency=paid_in,
            decimals=known.decimals if known else DEFAULT_EXPONENT,
            step=known.step if known else 1,
            captured=to_decimal(payment.captured, paid_in),
            captured_minor=payment.captured,
            refunded=to_decimal(refunded, paid_in),
            refunded_minor=refunded,
            refund_requested=to_decimal(requested, paid_in),
            refund_requested_minor=requested,
            refundable=to_decimal(refundable, paid_in),
            refundable_minor=refundable,
            order_currency=order.currency,
            total=major(order.total),
            total_minor=order.total,
            subtotal=major(order.subtotal),
            shipping_cost=major(order.shipping_cost),
            tax_amount=major(order.tax_amount),
        )


class MoneyRow(Outgoing):
    """The fields of each payment, refund and dispute. `amount` is in major units of `currency`."""

    id: UUID
    version: int
    amount: Amount
    amount_minor: int
    currency: str
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def read(cls, row: Payment | Refund | Dispute, *names: str) -> Any:
        """Create the view of a row, with the columns `names` beside the common ones."""
        return cls(
            id=row.id,
            version=row.version,
            amount=to_decimal(row.amount, row.currency),
            amount_minor=row.amount,
            currency=row.currency,
            created_at=row.created_at,
            updated_at=row.updated_at,
            **{name: getattr(row, name) for name in names},
        )


class PaymentDetail(MoneyRow):
    state: PaymentState
    method: PaymentMethod
    intent_id: str | None
    charge_id: str | None
    decline_reason: str | None
    card_brand: str | None
    last4: str | None
    exp_month: int | None
    exp_year: int | None
    deadline_at: Timestamp | None
    poll_at: Timestamp | None

    @classmethod
    def of(cls, payment: Payment) -> Self:
        names = cls.model_fields.keys() - MoneyRow.model_fields.keys()
        view: Self = cls.read(payment, *names)
        return view


class RefundDetail(MoneyRow):
    state: RefundState
    origin: RefundOrigin
    reason: str | None
    stripe_id: str | None
    failure_reason: str | None

    @classmethod
    def of(cls, refund: Refund) -> Self:
        names = cls.model_fields.keys() - MoneyRow.model_fields.keys()
        view: Self = cls.read(refund, *names)
        return view


class DisputeDetail(MoneyRow):
    state: DisputeState
    reason: str
    due_by: Timestamp | None
    stripe_id: str

    @classmethod
    def of(cls, dispute: Dispute) -> Self:
        names = cls.model_fields.keys() - MoneyRow.model_fields.keys()
        view: Self = cls.read(dispute, *names)
        return view
