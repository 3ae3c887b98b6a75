"""Orders and their lines. An order row is the lock for its payment."""

from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    cast,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, MinorUnits, currency_form, text_enum
from models.durable.execution import Execution, state_index
from models.encrypted import EncryptedText
from models.personal import Person, Personal
from models.product import Product
from models.user import User

if TYPE_CHECKING:
    from models.payment import Payment
    from models.refund import Refund
    from models.shipment import Shipment


class OrderState(StrEnum):
    PENDING = "Pending"
    CONFIRMED = "Confirmed"
    SHIPPED = "Shipped"
    DELIVERED = "Delivered"
    CANCELLED = "Cancelled"
    FAILED = "Failed"


# States in which the goods have not left.
UNSHIPPED = (OrderState.PENDING, OrderState.CONFIRMED)
NUMBER_LENGTH = 8  # characters
HEX_DIGITS = set("0123456789abcdef")


class Order(Execution, Base):
    """An order. Amounts are minor units of `currency`; `reference_id` is the customer's own key."""

    __tablename__ = "orders"
    personal = Personal(
        lambda person: Order.user_id == person.user_id,
        erase={
            # The reference is the customer's own text; the id is as unique.
            "reference_id": lambda _: cast(Order.id, String),
            "request_hash": "",
            "billing_address": "",
            "shipping_address": "",
            "payment_method": None,
        },
        keeps=("currency",),
        hidden=("request_hash",),
    )

    state: Mapped[OrderState] = mapped_column(text_enum(OrderState, "state"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    reference_id: Mapped[str]
    # A reused reference with another body is refused.
    request_hash: Mapped[str]
    currency: Mapped[str]
    subtotal: Mapped[MinorUnits]
    shipping_cost: Mapped[MinorUnits]
    tax_amount: Mapped[MinorUnits]
    total: Mapped[MinorUnits]
    billing_address: Mapped[str] = mapped_column(EncryptedText)
    shipping_address: Mapped[str] = mapped_column(EncryptedText)
    # The customer's own words, which decide nothing: a payment's method is `Payment.method`.
    payment_method: Mapped[str | None]

    @property
    def number(self) -> str:
        """The number by which emails and pages name the order."""
        return number_of(self.id)

    @hybrid_property
    def erased(self) -> bool:
        """Return whether the reference has been erased; also a condition for queries."""
        return self.reference_id == str(self.id)

    @erased.inplace.expression
    @classmethod
    def _erased(cls) -> ColumnElement[bool]:
        return cls.reference_id == cast(cls.id, Text)

    user: Mapped[User] = relationship(lazy="raise")
    payment: Mapped["Payment"] = relationship(lazy="raise", back_populates="order")
    refunds: Mapped[list["Refund"]] = relationship(
        order_by="Refund.id", lazy="raise", back_populates="order"
    )
    shipment: Mapped["Shipment | None"] = relationship(lazy="raise", back_populates="order")
    items: Mapped[list["OrderItem"]] = relationship(
        order_by="OrderItem.line", lazy="raise", back_populates="order"
    )

    __table_args__ = (
        UniqueConstraint("user_id", "reference_id"),
        # "My orders, newest first": ids sort by time.
        Index("ix_orders_user_id_id", "user_id", "id"),
        state_index("orders"),
        # Searches by a customer's reference alone.
        Index("ix_orders_reference_id", "reference_id"),
        # Searches by the number in emails.
        Index("ix_orders_number", text(f"right(CAST(id AS VARCHAR), {NUMBER_LENGTH})")),
        CheckConstraint("total = subtotal + shipping_cost + tax_amount", "total"),
        CheckConstraint("subtotal >= 0 AND shipping_cost >= 0 AND tax_amount >= 0", "amounts"),
        currency_form(),
    )


def number_of(order_id: UUID) -> str:
    """Return the number by which emails and pages name an order: the end of its id."""
    return str(order_id)[-NUMBER_LENGTH:].upper()


def has_number(number: str) -> ColumnElement[bool] | None:
    """Return the condition of the orders with a number as people write it, or None without one."""
    digits = "".join(number.split()).lstrip("#").lower()
    if len(digits) != NUMBER_LENGTH or not set(digits) <= HEX_DIGITS:
        return None
    # A parameter in place of the length would not match the index.
    return func.right(cast(Order.id, String), literal_column(str(NUMBER_LENGTH))) == digits


def orders_of(person: Person) -> Select[UUID]:
    """Return the query for the ids of a person's orders."""
    return select(Order.id).where(Order.user_id == person.user_id)


class OrderItem(Base):
    """One line of an order: a product, a quantity and the price at the time of the order."""

    __tablename__ = "order_item"
    __table_args__ = (
        CheckConstraint("quantity BETWEEN 1 AND 999", "quantity"),
        CheckConstraint("price >= 0", "price"),
    )
    personal = Personal(lambda person: OrderItem.order_id.in_(orders_of(person)), keeps=("name",))

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("product.id"))
    name: Mapped[str]
    quantity: Mapped[int]
    price: Mapped[MinorUnits]

    order: Mapped[Order] = relationship(back_populates="items", lazy="raise")
    product: Mapped[Product] = relationship(lazy="raise")
