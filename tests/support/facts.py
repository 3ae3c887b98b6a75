"""Facts about orders, read in one statement, and their invariants at any moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg2.extras import register_uuid

from models import NoticeKind, OrderState, PaymentState, reading
from models.payment import CLOSING, PAYABLE

STATEMENT = """
    SELECT orders.id, orders.state, payment.state, payment.captured,
        payment.deadline_at IS NOT NULL,
        (SELECT coalesce(sum(amount), 0)::integer FROM refund WHERE order_id = orders.id
            AND state IN ('Requested', 'Submitted', 'Succeeded')),
        (SELECT coalesce(sum(amount), 0)::integer FROM dispute WHERE order_id = orders.id
            AND state = 'Lost'),
        EXISTS (SELECT FROM dispute WHERE order_id = orders.id
            AND state IN ('NeedsResponse', 'UnderReview')),
        ARRAY(SELECT kind FROM notice WHERE order_id = orders.id AND settled_at IS NULL),
        (SELECT count(*) FROM refund WHERE order_id = orders.id AND origin <> 'stripe'),
        product.stock, product.reserved, payment.intent_id
    FROM orders JOIN payment ON payment.order_id = orders.id
    JOIN order_item ON order_item.order_id = orders.id
    JOIN product ON product.id = order_item.product_id
    WHERE orders.id = ANY(%s::uuid[])
"""
OPEN = (PaymentState.PENDING, *PAYABLE, *CLOSING)
SOLD = (OrderState.CONFIRMED, OrderState.SHIPPED, OrderState.DELIVERED)
ENDED = (OrderState.CANCELLED, OrderState.FAILED)
MOVES = {
    (OrderState.PENDING, OrderState.CONFIRMED),
    (OrderState.PENDING, OrderState.CANCELLED),
    (OrderState.PENDING, OrderState.FAILED),
    (OrderState.CONFIRMED, OrderState.CANCELLED),
    (OrderState.CONFIRMED, OrderState.SHIPPED),
    (OrderState.SHIPPED, OrderState.DELIVERED),
}
STOCK = 100  # of each order's own product, before it was ordered


@dataclass(frozen=True, slots=True)
class Facts:
    """Amounts are minor units. `own_refunds` counts those that did not come from Stripe."""

    order_id: UUID
    order: str
    payment: str
    captured: int
    has_deadline: bool
    given_back: int
    lost: int
    withdrawn: bool
    notices: list[str]
    own_refunds: int
    stock: int
    reserved: int
    intent_id: str | None

    @property
    def left(self) -> int:
        return self.captured - self.given_back - self.lost

    def check(self) -> None:
        """Check the invariants of a single order."""
        assert (self.payment in OPEN) == self.has_deadline, self
        if self.payment in OPEN:
            assert self.order == OrderState.PENDING, self
        elif self.order == OrderState.PENDING:
            assert NoticeKind.MISPAID in self.notices, self
        if self.order in SOLD:
            assert self.payment == PaymentState.SUCCESS, self
        if self.order == OrderState.CONFIRMED:
            assert self.captured > self.given_back, self
            assert self.left > 0 or NoticeKind.DISPUTE in self.notices, self
        if self.order in ENDED and self.left > 0:
            assert NoticeKind.REFUND_FAILED in self.notices or self.withdrawn, self

    def check_shelf(self) -> None:
        """Check the stock of a product that only this order has taken a piece of."""
        sold, waits = self.order in SOLD, self.order == OrderState.PENDING
        assert (self.stock, self.reserved) == (STOCK - sold, waits), self

    def check_after(self, before: "Facts") -> None:
        """Check the invariants of a step."""
        assert self.order == before.order or (before.order, self.order) in MOVES, (before, self)
        if self.order != before.order and self.order == OrderState.SHIPPED:
            assert before.left > 0, (before, self)
        if before.payment == PaymentState.SUCCESS:
            assert self.payment == PaymentState.SUCCESS, (before, self)
        assert self.captured >= before.captured, (before, self)
        if self.own_refunds > before.own_refunds:
            assert self.left >= 0, (before, self)


def facts(order_ids: Iterable[UUID]) -> dict[UUID, Facts]:
    with reading() as session:
        return _by_order(session.connection().exec_driver_sql(STATEMENT, (_texts(order_ids),)))


class PreparedFacts:
    """The same over `db`, a psycopg2 connection of its own: planned once, for who looks often."""

    def __init__(self, db: Any) -> None:
        self._db = db
        register_uuid(conn_or_curs=db)  # type: ignore[no-untyped-call]
        with db, db.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL; SET plan_cache_mode = force_generic_plan")
            cursor.execute("PREPARE facts (uuid[]) AS" + STATEMENT.replace("%s", "$1"))

    def __call__(self, order_ids: Iterable[UUID]) -> dict[UUID, Facts]:
        with self._db, self._db.cursor() as cursor:
            cursor.execute("EXECUTE facts (%s::uuid[])", (_texts(order_ids),))
            return _by_order(cursor)


def _texts(order_ids: Iterable[UUID]) -> list[str]:
    return [str(order_id) for order_id in order_ids]


def _by_order(rows: Iterable[Any]) -> dict[UUID, Facts]:
    return {row[0]: Facts(*row) for row in rows}
