"""Schemas of an order's payment and refunds."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from models import Payment, PaymentMethod, PaymentState, Refund, RefundState
from models.customer_words import SHOWN_CODES, shown_code
from models.money import to_decimal
from web.schemas.base import Outgoing, Timestamp
from web.schemas.product import Amount

# Stripe's decline codes that customers may see: https://docs.stripe.com/declines/codes
DeclineCode = Annotated[str, Field(json_schema_extra={"enum": list(SHOWN_CODES)})]


def shown_decline(payment: Payment) -> str | None:
    """Return the decline code that its buyer may see, or None unless it is Declined."""
    declined = payment.state == PaymentState.DECLINED
    return shown_code(payment.decline_reason) if declined else None


class PaymentView(Outgoing):
    """The payment of an order. `amount` is in major units of `currency`.

    It is the captured amount, or before the capture the requested one. Both fields may differ from
    the order's if an operator has accepted a different payment. `declineReason` is set only while
    the payment is Declined. `processing` is true while a bank decides about it, as about a debit.
    """

    id: UUID
    provider: Literal[PaymentMethod.STRIPE]
    status: PaymentState
    processing: bool
    transaction_id: str | None
    amount: Amount
    currency: str
    card_brand: str | None
    last4: str | None
    exp_month: int | None
    exp_year: int | None
    decline_reason: DeclineCode | None

    @classmethod
    def of(cls, payment: Payment) -> "PaymentView":
        card = ("card_brand", "last4", "exp_month", "exp_year")
        amount, currency = payment.amount, payment.currency
        if payment.captured:
            amount, currency = payment.captured, payment.captured_currency or currency
        return cls(
            id=payment.id,
            provider=payment.method,
            status=payment.shown_state,
            processing=payment.at_bank,
            transaction_id=payment.intent_id,
            amount=to_decimal(amount, currency),
            currency=currency,
            decline_reason=shown_decline(payment),
            **{name: getattr(payment, name) for name in card},
        )


class RefundView(Outgoing):
    """A refund in any state, also a failed one. `amount` is in major units."""

    id: UUID
    status: RefundState
    amount: Amount
    currency: str
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, refund: Refund) -> "RefundView":
        return cls(
            id=refund.id,
            status=refund.state,
            amount=to_decimal(refund.amount, refund.currency),
            currency=refund.currency,
            created_at=refund.created_at,
            updated_at=refund.updated_at,
        )
