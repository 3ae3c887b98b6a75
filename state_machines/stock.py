"""Stock: reserved when an order is placed, sold when it is paid, free again when nobody can pay.

Products are what all orders share. They are locked last in each transaction, and in the order of
their ids: for a moment only, and never two transactions in a circle.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from models.base import db
from models.order import Order
from state_machines.durable import effect
from state_machines.durable.journal import at_last

# What PostgreSQL says when more is reserved than is there.
SHORT = "ck_product_reserved"
SETTLE = text(
    """
    WITH change AS (
        SELECT * FROM unnest(
            CAST(:orders AS uuid[]), CAST(:stock AS integer[]), CAST(:reserved AS integer[])
        ) AS of_order(order_id, stock, reserved)
    ), total AS (
        SELECT item.product_id AS id,
            sum(item.quantity * change.stock) AS stock,
            sum(item.quantity * change.reserved) AS reserved
        FROM order_item AS item JOIN change USING (order_id) GROUP BY item.product_id
    ), locked AS (
        SELECT id FROM product WHERE id IN (SELECT id FROM total) ORDER BY id FOR NO KEY UPDATE
    )
    UPDATE product
    SET stock = product.stock + total.stock, reserved = product.reserved + total.reserved
    FROM total JOIN locked USING (id) WHERE product.id = total.id
    """
)


class Change(NamedTuple):
    """What each ordered piece changes of its product's `stock` and `reserved`."""

    order_id: UUID
    stock: int
    reserved: int


@effect("stock.reserve")
def reserve(order: Order, reason: str | None) -> None:  # noqa: ARG001
    """Set the pieces of an order aside. The commit fails with SHORT when there are too few."""
    at_last(settle, Change(order.id, stock=0, reserved=1))


@effect("stock.sell")
def sell(order: Order, reason: str | None) -> None:  # noqa: ARG001
    """What was set aside has found its owner."""
    at_last(settle, Change(order.id, stock=-1, reserved=-1))


@effect("stock.release")
def release(order: Order, reason: str | None) -> None:  # noqa: ARG001
    """What was set aside is for anybody again."""
    at_last(settle, Change(order.id, stock=0, reserved=-1))


@effect("stock.restore")
def restore(order: Order, reason: str | None) -> None:  # noqa: ARG001
    """What was sold, and has not left, is for anybody again."""
    at_last(settle, Change(order.id, stock=1, reserved=0))


def settle(changes: Sequence[Change]) -> None:
    """Write all changes of a transaction in one statement."""
    orders, stock, reserved = zip(*changes, strict=True)
    found = {
        "orders": [str(order_id) for order_id in orders],
        "stock": list(stock),
        "reserved": list(reserved),
    }
    db.session.execute(SETTLE, found)
