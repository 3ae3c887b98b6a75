"""The stock moves of orders: pieces are reserved when placed, sold when paid, or released.

These writes insert moves, and the commit adds them to the products (models/stock.py). All orders
share the products, so each transaction locks them last and in the order of their ids: for a short
time, and without deadlocks.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from models.base import db
from models.clock import now
from models.order import Order
from state_machines.durable import writes
from state_machines.durable.unit_of_work import before_commit

# The commit violates this constraint when an order reserves more pieces than there are.
STOCK_CONSTRAINT = "ck_product_reserved"
INSERT_MOVES = text(
    """
    INSERT INTO stock_move (order_id, product_id, stock, reserved, at)
    SELECT order_id, product_id, quantity * change.stock, quantity * change.reserved, :at
    FROM order_item JOIN unnest(
        CAST(:orders AS uuid[]), CAST(:stock AS integer[]), CAST(:reserved AS integer[])
    ) AS change(order_id, stock, reserved) USING (order_id)
    ORDER BY product_id
    """
)


class Change(NamedTuple):
    """The change of a product's `stock` and `reserved` for each piece of an order."""

    order_id: UUID
    stock: int
    reserved: int


@writes("stock.reserve")
def reserve(order: Order, _reason: str | None) -> None:
    """Reserve the pieces of an order; the commit violates STOCK_CONSTRAINT if there are too few."""
    before_commit(write_moves, Change(order.id, stock=0, reserved=1))


@writes("stock.sell")
def sell(order: Order, _reason: str | None) -> None:
    """Remove the reserved pieces of a paid order from the stock."""
    before_commit(write_moves, Change(order.id, stock=-1, reserved=-1))


@writes("stock.release")
def release(order: Order, _reason: str | None) -> None:
    """Release the reserved pieces of an order that will not be paid."""
    before_commit(write_moves, Change(order.id, stock=0, reserved=-1))


@writes("stock.restore")
def restore(order: Order, _reason: str | None) -> None:
    """Return the sold pieces of an unshipped order to the stock."""
    before_commit(write_moves, Change(order.id, stock=1, reserved=0))


def write_moves(changes: Sequence[Change]) -> None:
    """Insert the moves of a whole transaction in one statement."""
    orders, stock, reserved = zip(*changes, strict=True)
    parameters = {
        "orders": [str(order_id) for order_id in orders],
        "stock": list(stock),
        "reserved": list(reserved),
        "at": now(),
    }
    db.session.execute(INSERT_MOVES, parameters)
