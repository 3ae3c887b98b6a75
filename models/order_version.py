"""The version of an order with all its parts, as one value that changes with any of them."""

from typing import Any

from sqlalchemy import ColumnElement, Select, extract, func, select
from sqlalchemy.orm import InstrumentedAttribute

from models.dispute import Dispute
from models.order import Order, OrderItem
from models.payment import Payment
from models.product import Product
from models.refund import Refund


def order_version() -> ColumnElement[str]:
    """Return the version as a column of a query that joins orders and their payments.

    A disputed payment cannot be refunded, the card and what a payment waits for arrive without a
    transition, and operators move deadlines, so these count, too. Shipments change with their
    order's state.
    """
    products = (
        select(func.max(Product.updated_at))
        .join(OrderItem, OrderItem.product_id == Product.id)
        .where(OrderItem.order_id == Order.id)
        .correlate(Order)
        .scalar_subquery()
    )
    parts = (
        Order.version,
        Payment.version,
        extract("epoch", Payment.deadline_at),
        Payment.last4,
        Payment.waits_for,
        _versions(Refund.version, Refund.order_id),
        _versions(Dispute.version, Dispute.order_id),
        extract("epoch", products),
    )
    # A null becomes an empty text, so that each part stays in its place.
    texts = (func.concat(part) for part in parts)
    return func.to_hex(func.hashtextextended(func.concat_ws(" ", *texts), 0))


def _versions(
    version: InstrumentedAttribute[int], order_id: InstrumentedAttribute[Any]
) -> ColumnElement[int]:
    """Return the sum of the versions of an order's rows. Each row and each change increases it."""
    rows: Select[Any] = select(func.sum(version)).where(order_id == Order.id).correlate(Order)
    return rows.scalar_subquery()
