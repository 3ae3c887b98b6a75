"""Schemas of an order in the book beside the bank: our rows and Stripe's objects."""

from typing import Self
from uuid import UUID

from models import Payment, PaymentState, Refund, RefundState
from models.money import to_decimal
from state_machines.providers.stripe.bank import Difference
from state_machines.providers.stripe.intents import Intent
from state_machines.providers.stripe.refunds import StripeRefund
from web.schemas.base import Outgoing, Timestamp
from web.schemas.product import Amount


class BookRefund(Outgoing):
    id: UUID
    stripe_id: str | None
    state: RefundState
    amount: Amount
    amount_minor: int
    currency: str

    @classmethod
    def of(cls, refund: Refund) -> Self:
        return cls(
            id=refund.id,
            stripe_id=refund.stripe_id,
            state=refund.state,
            amount=to_decimal(refund.amount, refund.currency),
            amount_minor=refund.amount,
            currency=refund.currency,
        )


class BookView(Outgoing):
    """The payment as our rows have it."""

    state: PaymentState
    intent_id: str | None
    charge_id: str | None
    received: Amount
    received_minor: int
    currency: str
    refunds: list[BookRefund]

    @classmethod
    def of(cls, payment: Payment, refunds: list[Refund]) -> Self:
        currency = payment.captured_currency or payment.currency
        return cls(
            state=payment.state,
            intent_id=payment.intent_id,
            charge_id=payment.charge_id,
            received=to_decimal(payment.captured, currency),
            received_minor=payment.captured,
            currency=currency,
            refunds=[BookRefund.of(refund) for refund in refunds],
        )


class BankRefund(Outgoing):
    """A refund at Stripe. `status` is its meaning for a refund here."""

    stripe_id: str
    status: str
    amount: Amount
    amount_minor: int
    currency: str

    @classmethod
    def of(cls, refund: StripeRefund) -> Self:
        return cls(
            stripe_id=refund.id,
            status=refund.signal,
            amount=to_decimal(refund.amount, refund.currency),
            amount_minor=refund.amount,
            currency=refund.currency,
        )


class BankView(Outgoing):
    """The payment intent and its refunds as Stripe has them now."""

    status: str
    intent_id: str
    charge_id: str | None
    received: Amount
    received_minor: int
    currency: str
    refunds: list[BankRefund]

    @classmethod
    def of(cls, intent: Intent, refunds: list[StripeRefund]) -> Self:
        return cls(
            status=intent.status,
            intent_id=intent.id,
            charge_id=intent.charge_id,
            received=to_decimal(intent.received, intent.currency),
            received_minor=intent.received,
            currency=intent.currency,
            refunds=[BankRefund.of(refund) for refund in refunds],
        )


class DifferenceView(Outgoing):
    """A field with another value at Stripe. Amounts are in minor units; null means missing."""

    field: str
    book: str | None
    bank: str | None

    @classmethod
    def of(cls, difference: Difference) -> Self:
        return cls(field=difference.field, book=difference.book, bank=difference.bank)


class Comparison(Outgoing):
    """An order in the book and at the bank.

    `bank` and `isEqual` are null when Stripe could not be asked; `problem` then says why. A
    difference may be news that has not arrived yet: compare again after some seconds.
    """

    book: BookView
    bank: BankView | None
    is_equal: bool | None
    differences: list[DifferenceView]
    problem: str | None
    asked_at: Timestamp
