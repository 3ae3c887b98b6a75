"""Stock: reserved when an order is placed, sold when it is paid, free again when nobody can pay.

What is written here are moves; the commit adds them to their products (models/stock.py). Products
are what all orders share: they are locked last in each transaction, in the order of their ids, and
so for a moment only, and never two transactions in a circle.
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

# What PostgreSQL says, at the commit, when more would be reserved than is there.
STOCK_CONSTRAINT = "ck_product_reserved"
MOVE = text(
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
    """What each ordered piece changes of its product's `stock` and `reserved`."""

    order_id: UUID
    stock: int
    reserved: int


@writes("stock.reserve")
def reserve(order: Order, reason: str | None) -> None:  # noqa: ARG001
    """Set the pieces of an order aside. The commit fails with SHORT when there are too few."""
    before_commit(move, Change(order.id, stock=0, reserved=1))


@writes("stock.sell")
def sell(order: Order, reason: str | None) -> None:  # noqa: ARG001
    """What was set aside has found its owner."""
    before_commit(move, Change(order.id, stock=-1, reserved=-1))


@writes("stock.release")
def release(order: Order, reason: str | None) -> None:  # noqa: ARG001
    """What was set aside is for anybody again."""
    before_commit(move, Change(order.id, stock=0, reserved=-1))


@writes("stock.restore")
def restore(order: Order, reason: str | None) -> None:  # noqa: ARG001
    """What was sold, and has not left, is for anybody again."""
    before_commit(move, Change(order.id, stock=1, reserved=0))


def move(changes: Sequence[Change]) -> None:
    """Write the moves of a whole transaction in one statement."""
    orders, stock, reserved = zip(*changes, strict=True)
    found = {
        "orders": [str(order_id) for order_id in orders],
        "stock": list(stock),
        "reserved": list(reserved),
        "at": now(),
    }
    db.session.execute(MOVE, found)
