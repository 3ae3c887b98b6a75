"""Products of the catalogue."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Identity,
    Index,
    and_,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from models import clock
from models.base import Base, MinorUnits, currency_form, text_enum

# JavaScript's Number keeps every whole number up to this one.
# Source: https://tc39.es/ecma262/#sec-number.max_safe_integer
MAX_PRODUCT_ID = 2**53 - 1
# Larger numbers of pieces are not shown: "3 left" helps a customer, "4711 left" only competitors.
MAX_SHOWN_PIECES = 10


class ProductStatus(StrEnum):
    AVAILABLE = "Available"
    UNAVAILABLE = "Unavailable"
    DISCONTINUED = "Discontinued"


# Used by the full-text index and query. Alembic compares it, so it has PostgreSQL's own spelling.
SEARCH_EXPRESSION = "to_tsvector('english', (((name || ' ') || description) || ' ') || category)"


class Product(Base):
    """A product. `price` is minor units of `currency`.

    `stock` counts the pieces on hand, `reserved` those that await the payment of an order.
    """

    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint("price >= 0", "price"),
        currency_form(),
        CheckConstraint("reserved >= 0 AND reserved <= stock", "reserved"),
        Index("ix_product_category", "category"),
        Index("ix_product_tags", "tags", postgresql_using="gin"),
        Index("ix_product_search", text(SEARCH_EXPRESSION), postgresql_using="gin"),
    )
    personal = "the catalogue; `created_by` is a member of the staff"

    id: Mapped[int] = mapped_column(BigInteger, Identity(maxvalue=MAX_PRODUCT_ID), primary_key=True)
    sku: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str]
    category: Mapped[str]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    image_url: Mapped[str]
    price: Mapped[MinorUnits]
    currency: Mapped[str]
    stock: Mapped[int]
    reserved: Mapped[int] = mapped_column(default=0)
    status: Mapped[ProductStatus] = mapped_column(text_enum(ProductStatus, "status"))
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def available(self) -> int:
        """The number of pieces that can still be ordered."""
        return self.stock - self.reserved

    @property
    def stock_left(self) -> int | None:
        """The number of pieces that can still be ordered, or None when there are many."""
        return self.available if self.available <= MAX_SHOWN_PIECES else None

    @hybrid_property
    def in_stock(self) -> bool:
        """Return whether a piece can be ordered now; also a condition for queries."""
        return self.status == ProductStatus.AVAILABLE and self.available > 0

    @in_stock.inplace.expression
    @classmethod
    def _in_stock(cls) -> ColumnElement[bool]:
        return and_(cls.status == ProductStatus.AVAILABLE, cls.stock > cls.reserved)
