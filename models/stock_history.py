"""The history of a product's stock: the moves of orders, and the corrections in the audit."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto
from typing import Any
from uuid import UUID

from sqlalchemy import select

from models.audit import AuditRow
from models.base import db
from models.keyset import decode_cursor, encode_cursor
from models.order import Order
from models.product import Product
from models.stock import StockMove

CREATED, CORRECTED = "products create", "products stock"
# Both sources are read newest first; a cursor has the last row that was shown of each.
BEGINNING = (2**63 - 1, UUID(int=2**128 - 1))


class MoveKind(StrEnum):
    RESERVED = auto()  # an order was placed
    SOLD = auto()  # it was paid
    RELEASED = auto()  # it was not paid
    RESTORED = auto()  # it was cancelled before the shipment
    CREATED = auto()  # with the product
    CORRECTED = auto()  # by a person


# The kinds by the signs of a move's `stock` and `reserved`.
KINDS = {
    (0, 1): MoveKind.RESERVED,
    (-1, -1): MoveKind.SOLD,
    (0, -1): MoveKind.RELEASED,
    (1, 0): MoveKind.RESTORED,
}


@dataclass(frozen=True, slots=True)
class Move:
    """A change of a product's pieces: `stock` on hand, and `reserved` ones."""

    at: datetime
    kind: MoveKind
    stock: int
    reserved: int
    order_id: UUID | None = None
    reference: str | None = None
    after: int | None = None
    actor: str | None = None
    reason: str | None = None


def load_moves(product: Product, cursor: str | None, size: int) -> tuple[list[Move], str | None]:
    """Load a page of a product's moves, newest first, and the cursor of the next page.

    Corrections are known by the SKU of today. Imports are in the audit as a whole only. Raises
    CursorError.
    """
    last_move, last_audit = decode_cursor(cursor, (int, UUID)) if cursor else BEGINNING
    moves = list(_order_moves(product.id, last_move, size + 1))
    corrections = list(_corrections(product.sku, last_audit, size + 1))
    # The cursor relies on the order of each source, from which its times may differ a little.
    sources: tuple[Iterable[tuple[int | UUID, Move]], ...] = (moves, corrections)
    merged = list(heapq.merge(*sources, key=lambda each: each[1].at, reverse=True))
    page = merged[:size]
    for key, _ in page:
        if isinstance(key, UUID):
            last_audit = key
        else:
            last_move = key
    following = encode_cursor((last_move, last_audit)) if len(merged) > size else None
    return [move for _, move in page], following


def _order_moves(product_id: int, before: int, limit: int) -> Iterator[tuple[int, Move]]:
    rows = db.session.execute(
        select(StockMove, Order.reference_id)
        .join(Order, Order.id == StockMove.order_id)
        .where(StockMove.product_id == product_id, StockMove.id < before)
        .order_by(StockMove.id.desc())
        .limit(limit)
    )
    for row, reference in rows:
        kind = KINDS[_sign(row.stock), _sign(row.reserved)]
        yield row.id, Move(row.at, kind, row.stock, row.reserved, row.order_id, reference)


def _corrections(sku: str, before: UUID, limit: int) -> Iterator[tuple[UUID, Move]]:
    rows: Sequence[AuditRow] = db.session.scalars(
        select(AuditRow)
        .where(
            AuditRow.subject == sku,
            AuditRow.action.in_((CREATED, CORRECTED)),
            AuditRow.id < before,
        )
        .order_by(AuditRow.id.desc())
        .limit(limit)
    ).all()
    for row in rows:
        is_new = row.action == CREATED
        stock: dict[str, Any] = row.details.get("stock") or {}
        after = (row.details.get("product") or {}).get("stock", 0) if is_new else stock["after"]
        yield (
            row.id,
            Move(
                at=row.at,
                kind=MoveKind.CREATED if is_new else MoveKind.CORRECTED,
                stock=after - stock.get("before", 0),
                reserved=0,
                after=after,
                actor=row.actor,
                reason=row.details.get("reason"),
            ),
        )


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
