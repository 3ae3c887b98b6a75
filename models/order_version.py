"""The version of an order with all its parts, as one value that changes with any of them."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, extract, func, select
from sqlalchemy.orm import InstrumentedAttribute

from models import clock
from models.dispute import Dispute
from models.errors import NotAuthenticatedError, NotFoundError
from models.order import Order, OrderItem
from models.payment import Payment
from models.prepared import Prepared, parameter
from models.product import Product
from models.refund import Refund
from models.user import User, UserSession, signed_in_parameters


@cache
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


def _own_version(condition: ColumnElement[bool]) -> Select[UUID, str]:
    """Return a query of a customer's session, with the order under `condition` if there is one."""
    return (
        select(Order.id, order_version())
        .select_from(User)
        .join(UserSession, UserSession.user_id == User.id)
        .outerjoin(Order, (Order.user_id == User.id) & condition)
        .outerjoin(Payment, Payment.order_id == Order.id)
        .where(signed_in_parameters())
    )


_BY_ID = Prepared(lambda: _own_version(Order.id == parameter("order")))
_BY_REFERENCE = Prepared(lambda: _own_version(Order.reference_id == parameter("order")))


def load_own_version(user_id: UUID, session_id: UUID, order: UUID | str) -> tuple[UUID, str]:
    """Return the id and the version of a customer's order, which is named by id or reference.

    Raises NotAuthenticatedError when the session has ended, and NotFoundError.
    """
    query = _BY_ID if isinstance(order, UUID) else _BY_REFERENCE
    at = clock.now()
    row = query.first(user_id=user_id, session_id=session_id, at=at, order=order)
    if row is None:
        raise NotAuthenticatedError("This session has ended")
    if row[0] is None:
        raise NotFoundError("There is no such order")
    return row[0], row[1]
