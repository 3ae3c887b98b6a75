"""Stock movements of orders: one row for each line and change."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class StockMove(Base):
    """A change of a product's `stock` and `reserved` pieces by an order.

    A trigger adds a row to its product within the commit. All orders share the products, so each is
    locked no longer than the commit takes.
    """

    __tablename__ = "stock_move"
    __table_args__ = (
        Index("ix_stock_move_order_id", "order_id"),
        Index("ix_stock_move_product_id_id", "product_id", "id"),
    )
    personal = "counts of pieces, with the order's id"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    product_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("product.id"))
    stock: Mapped[int]
    reserved: Mapped[int]
    at: Mapped[datetime]
