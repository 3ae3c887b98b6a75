"""Schemas of the catalogue for staff: products in every status, their moves, and imports."""

from typing import Self
from uuid import UUID

from pydantic import Field

from models import ProductStatus
from models.stock_history import Move, MoveKind
from state_machines.catalogue_import.cells import MAX_STOCK
from state_machines.catalogue_import.load import BadLine, Outcome
from web.schemas.admin.paging import CountView, Page, PageQuery
from web.schemas.base import Incoming, Outgoing, Text, Timestamp
from web.schemas.product import ProductView


class StaffProductsQuery(PageQuery):
    """`q` is a part of the SKU or name; at most `low` pieces can still be ordered."""

    q: Text | None = Field(None, min_length=1, max_length=200)
    category: Text | None = Field(None, max_length=100)
    status: ProductStatus | None = None
    low: int | None = Field(None, ge=0, le=MAX_STOCK)


class StaffProduct(ProductView):
    """A product with its pieces: `reserved` ones of the `stock` belong to unpaid orders."""

    stock: int
    reserved: int
    available: int


class StaffProducts(Page):
    items: list[StaffProduct]
    count: CountView


class MoveView(Outgoing):
    """A change of a product's pieces: `stock` on hand and `reserved`, each by how many.

    `after` is the stock after a correction. `actor` is the id of a user or the name of an operator.
    """

    at: Timestamp
    kind: MoveKind
    stock: int
    reserved: int
    order_id: UUID | None
    reference: str | None
    after: int | None
    actor: str | None
    actor_email: str | None
    reason: str | None

    @classmethod
    def of(cls, move: Move, emails: dict[str, str]) -> Self:
        names = cls.model_fields.keys() - {"actor_email"}
        fields = {name: getattr(move, name) for name in names}
        return cls(**fields, actor_email=emails.get(move.actor or ""))


class Moves(Page):
    items: list[MoveView]


class ImportQuery(Incoming):
    """With `check` nothing is written. The audit records `name`, that of the file."""

    check: bool = False
    name: Text = Field("", max_length=200)


class BadLineView(Outgoing):
    """An error in a line of the file. `column` is null when it concerns the whole line."""

    line: int
    column: str | None
    message: str

    @classmethod
    def of(cls, bad: BadLine) -> Self:
        return cls(line=bad.line, column=bad.column, message=bad.what)


class ImportView(Outgoing):
    """The result of an import or of its check. `bad` has the first of `badCount` bad lines.

    With a bad line nothing is imported.
    """

    is_check: bool
    imported: int
    updated: int
    bad_count: int
    bad: list[BadLineView]

    @classmethod
    def of(cls, outcome: Outcome, *, is_check: bool) -> Self:
        return cls(
            is_check=is_check,
            imported=outcome.imported,
            updated=outcome.updated,
            bad_count=outcome.bad_count,
            bad=[BadLineView.of(bad) for bad in outcome.bad],
        )
