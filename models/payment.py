"""Payments of orders, each with its method. An order has one today: `order_id` is unique."""

from enum import StrEnum
from typing import cast
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, exists, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, MinorUnits, currency_form, db, text_enum
from models.durable.execution import Polled, deadline_index, poll_index, state_index
from models.order import Order, orders_of
from models.personal import Personal


class PaymentState(StrEnum):
    PENDING = "Pending"  # the intent is being created
    INITIATED = "Initiated"
    DECLINED = "Declined"  # not final: another card may follow
    CANCELLING = "Cancelling"  # Stripe is asked to cancel, for the customer
    EXPIRING = "Expiring"  # Stripe is asked to cancel, for the deadline
    SUCCESS = "Success"
    CANCELLED = "Cancelled"
    FAILURE = "Failure"


class PaymentMethod(StrEnum):
    """The way in which a payment is collected. The API shows it as the payment's provider.

    `Order.payment_method` is something else: free text of the customer.
    """

    STRIPE = "Stripe"  # by one payment intent


# The states of a closing payment: Stripe is asked to cancel its intent.
CLOSING = (PaymentState.CANCELLING, PaymentState.EXPIRING)
PAYABLE = (PaymentState.INITIATED, PaymentState.DECLINED)
# Stripe's status of an intent whose bank is at work.
PROCESSING = "processing"
# The outcome is not decided yet.
OPEN = (PaymentState.PENDING, *PAYABLE, *CLOSING)


class Payment(Polled, Base):
    """A payment. `amount` is minor units of `currency`, `captured` of `captured_currency`.

    Stripe may capture another amount than was requested; it is recorded as it is. A database
    trigger keeps `amount` equal to the order's total.
    """

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("amount >= 0", "amount"),
        CheckConstraint("captured >= 0", "captured"),
        currency_form(),
        currency_form("captured_currency"),
        deadline_index("payment"),
        state_index("payment"),
        Index("ix_payment_charge_id", "charge_id", postgresql_where=text("charge_id IS NOT NULL")),
        poll_index("payment"),
    )
    personal = Personal(
        lambda person: Payment.order_id.in_(orders_of(person)),
        erase=dict.fromkeys(("client_secret", "last4", "exp_month", "exp_year", "card_brand")),
        keeps=(
            "currency",
            "captured_currency",
            "intent_id",
            "charge_id",
            "decline_reason",
            "waits_for",
        ),
        hidden=("client_secret",),
    )

    state: Mapped[PaymentState] = mapped_column(text_enum(PaymentState, "state"))
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), unique=True)
    method: Mapped[PaymentMethod] = mapped_column(
        text_enum(PaymentMethod, "method"),
        default=PaymentMethod.STRIPE,
        server_default=PaymentMethod.STRIPE.value,
    )
    amount: Mapped[MinorUnits]
    currency: Mapped[str]
    captured: Mapped[MinorUnits] = mapped_column(default=0)
    captured_currency: Mapped[str | None]
    intent_id: Mapped[str | None] = mapped_column(unique=True)
    client_secret: Mapped[str | None]
    charge_id: Mapped[str | None]
    decline_reason: Mapped[str | None]
    # PROCESSING, or the type of Stripe's `next_action`.
    waits_for: Mapped[str | None]
    card_brand: Mapped[str | None]
    last4: Mapped[str | None]
    exp_month: Mapped[int | None]
    exp_year: Mapped[int | None]

    order: Mapped[Order] = relationship(lazy="joined", innerjoin=True, back_populates="payment")

    @property
    def as_ordered(self) -> bool:
        """True when the captured amount and currency are the order's."""
        return (self.captured, self.captured_currency) == (self.amount, self.currency)

    @property
    def closing(self) -> bool:
        """True while Stripe is asked to cancel the intent."""
        return self.state in CLOSING

    @property
    def at_bank(self) -> bool:
        """True while a bank decides about the payment, so that nobody need pay again."""
        return self.waits_for == PROCESSING and self.state in OPEN

    @property
    def shown_state(self) -> PaymentState:
        """The state shown to clients, one of six: a closing payment is shown as still open."""
        return PaymentState.INITIATED if self.closing else self.state


def payment_of(order_id: UUID) -> Payment:
    """Return the payment of an order that Stripe collects."""
    query = db.select(Payment).where(Payment.order_id == order_id, is_by_stripe())
    return cast("Payment", db.session.scalars(query).one())


def is_by_stripe() -> ColumnElement[bool]:
    """Return the condition that a payment is collected by a payment intent."""
    return Payment.method == PaymentMethod.STRIPE


def has_payment(*states: PaymentState) -> ColumnElement[bool]:
    """Return the condition that an order's payment is in one of `states`."""
    return exists().where(Payment.order_id == Order.id, Payment.state.in_(states))
