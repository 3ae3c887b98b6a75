"""The limits of one customer's orders, unpaid pieces and declined cards.

Unpaid orders hold stock that others want, and declined cards may be stolen ones that somebody
tests. The transaction that places an order counts them under the customer's lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, any_, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from config import settings
from models.base import db
from models.clock import now
from models.durable.transition import Transition
from models.errors import InvalidInputError, TooManyError
from models.ids import first_of
from models.order import Order, OrderItem, OrderState
from models.payment import Payment, PaymentState
from models.prepared import Prepared, parameter
from models.problem_codes import FieldCode, ProblemKind
from models.product import Product
from state_machines.actions.pricing import PricedLine
from state_machines.payment import PaymentMachine, PaymentSignal

HOUR = timedelta(hours=1)
# Unpaid orders are younger than this, except for those of a slow bank.
WINDOW = max(HOUR, settings.payment_window)
# The newest orders whose declined cards are counted.
MAX_COUNTED_ORDERS = 100
CLOSABLE = (PaymentState.INITIATED, PaymentState.DECLINED)


@dataclass(frozen=True, slots=True)
class Counts:
    """One customer's orders and declined cards of the last WINDOW, with the oldest of each."""

    placed: int
    first_placed: datetime | None
    unpaid: int
    first_unpaid: datetime | None
    declined: int
    first_declined: datetime | None


def max_pieces(product: Product) -> int:
    """Return the limit of pieces of a product in one customer's unpaid orders."""
    return max(settings.unpaid_pieces, int(product.stock * settings.unpaid_share))


def refuse_too_many(user_id: UUID, lines: Sequence[PricedLine]) -> None:
    """Raise TooManyError when a locked customer has reached a limit.

    Raises InvalidInputError for the first line with too many pieces.
    """
    counts = _count(user_id)
    limits = (
        (counts.placed, settings.orders_per_hour, counts.first_placed, HOUR,
         ProblemKind.ORDERS_PER_HOUR, "orders in an hour"),
        (counts.unpaid, settings.unpaid_orders, counts.first_unpaid, settings.payment_window,
         ProblemKind.UNPAID_ORDERS, "unpaid orders: pay or cancel one of them"),
        (counts.declined, settings.declines_per_hour, counts.first_declined, HOUR,
         ProblemKind.DECLINED_CARDS, "declined cards in an hour"),
    )  # fmt: skip
    for number, limit, first, window, kind, what in limits:
        if number >= limit and first is not None:
            wait = (first + window - now()).total_seconds()
            raise TooManyError(f"There are {number} {what}", kind, wait, limit)
    unpaid_pieces = _count_pieces(user_id, lines) if counts.unpaid else {}
    for number, line in enumerate(lines):
        if line.product is None:
            continue
        limit, product = max_pieces(line.product), line.product
        if line.quantity + unpaid_pieces.get(product.id, 0) > limit:
            message = f"at most {limit} pieces of {product.name} may wait for your payment"
            raise InvalidInputError(
                f"items.{number}.quantity",
                message,
                FieldCode.TOO_MANY_UNPAID,
                product=product.name,
                max=limit,
            )


def close_if_cards_are_tested(payment: Payment) -> None:
    """Expire a locked payment when too many cards of its order or its customer were declined.

    Otherwise somebody with the client secret could go on trying cards at Stripe.
    """
    if payment.state not in CLOSABLE:
        return
    by_order = select(func.count()).where(_is_decline(), Transition.subject_id == payment.id)
    # One more, since the current decline is written at the end of the transaction.
    of_order = 1 + (db.session.scalar(by_order) or 0)
    of_user = 1 + _count(payment.order.user_id).declined
    if of_order >= settings.declines_per_order or of_user >= settings.declines_per_hour:
        PaymentMachine.send(payment, PaymentSignal.EXPIRE, reason="too many declined cards")


def _count(user_id: UUID) -> Counts:
    at = now()
    (row,) = _COUNTS.within(
        db.session(),
        user_id=user_id,
        first_id=first_of(at - WINDOW),
        hour=at - HOUR,
        # No limit needs more rows, so the cost does not grow with the customer's orders.
        most=max(settings.orders_per_hour, settings.unpaid_orders),
    )
    return Counts(*row)


def _counts() -> Select[Any]:
    hour = parameter("hour")
    recent = (
        select(Order.id, Order.state, Order.created_at)
        .where(Order.user_id == parameter("user_id"), Order.id >= parameter("first_id"))
        .order_by(Order.id.desc())
        .limit(parameter("most"))
        .cte("recent")
    )
    in_hour, unpaid = recent.c.created_at >= hour, recent.c.state == OrderState.PENDING
    latest = (
        select(recent.c.id)
        .order_by(recent.c.id.desc())
        .limit(MAX_COUNTED_ORDERS)
        .subquery("latest")
    )
    declines = (
        select(func.count().label("number"), func.min(Transition.at).label("first"))
        .select_from(latest)
        .join(Payment, Payment.order_id == latest.c.id)
        .join(Transition, Transition.subject_id == Payment.id)
        .where(_is_decline(), Transition.at >= hour)
        .subquery("declines")
    )
    made = recent.c.created_at
    placed = select(
        func.count().filter(in_hour).label("placed"),
        func.min(made).filter(in_hour).label("first_placed"),
        func.count().filter(unpaid).label("unpaid"),
        func.min(made).filter(unpaid).label("first_unpaid"),
    ).subquery("placed")
    return select(placed, declines).select_from(placed.join(declines, true()))


_COUNTS = Prepared(_counts)


def _is_decline() -> ColumnElement[bool]:
    return (Transition.signal == PaymentSignal.DECLINED) & Transition.ignored.is_(False)


_PIECES = Prepared(
    lambda: (
        select(OrderItem.product_id, func.sum(OrderItem.quantity))
        .join(OrderItem.order)
        .where(
            Order.user_id == parameter("user_id"),
            Order.id >= parameter("first_id"),
            Order.state == OrderState.PENDING,
            OrderItem.product_id == any_(parameter("products", ARRAY(BigInteger))),
        )
        .group_by(OrderItem.product_id)
    )
)


def _count_pieces(user_id: UUID, lines: Sequence[PricedLine]) -> dict[int, int]:
    """Return the number of pieces of each product in the customer's unpaid orders."""
    rows = _PIECES.within(
        db.session(),
        user_id=user_id,
        first_id=first_of(now() - WINDOW),
        products=[line.product_id for line in lines],
    )
    return {product_id: int(pieces) for product_id, pieces in rows}
