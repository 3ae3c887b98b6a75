"""Looking through the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, case, func, literal_column, or_, select

from models.base import db
from models.currency import codes_with
from models.product import SEARCHED, Product, ProductStatus

# How many minor units a major unit of each product's own currency has.
UNITS = case(
    *((Product.currency.in_(codes_with(exponent)), 10**exponent) for exponent in (0, 3)),
    else_=100,
)
# Prices are compared in major units, since a thousandth is no hundredth.
SORTS = {"name": Product.name, "price": Product.price * 1000 / UNITS, "createdAt": Product.id}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for; prices in major units. A leading minus sorts downwards. Without a `status`,
    products that are not for sale are found, too.
    """

    q: str = ""
    category: str | None = None
    tag: str | None = None
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    available: bool | None = None
    status: ProductStatus | None = ProductStatus.AVAILABLE
    sort: str = "name"


def search(wanted: Wanted, *, page: int, size: int) -> tuple[Sequence[Product], int]:
    """One page of what matches, and how many match in all."""
    matching = list(_conditions(wanted))
    column = SORTS[wanted.sort.removeprefix("-")]
    order = column.desc() if wanted.sort.startswith("-") else column.asc()
    rows = db.session.scalars(
        select(Product)
        .where(*matching)
        .order_by(order, Product.id)
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    if page == 1 and len(rows) < size:
        return rows, len(rows)
    return rows, db.session.scalar(select(func.count(Product.id)).where(*matching)) or 0


def categories() -> list[tuple[str, int]]:
    """Each category and how many products of it are for sale."""
    for_sale = Product.status == ProductStatus.AVAILABLE
    query = select(Product.category, func.count()).where(for_sale).group_by(Product.category)
    return [(name, number) for name, number in db.session.execute(query.order_by(Product.category))]


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.q.strip():
        asked = func.websearch_to_tsquery("english", wanted.q)
        # A part of the name also matches: people type as they go.
        part = Product.name.icontains(wanted.q.strip(), autoescape=True)
        found.append(or_(literal_column(SEARCHED).bool_op("@@")(asked), part))
    if wanted.category is not None:
        found.append(Product.category == wanted.category)
    if wanted.tag is not None:
        found.append(Product.tags.contains([wanted.tag]))
    if wanted.min_price is not None:
        found.append(wanted.min_price * UNITS <= Product.price)
    if wanted.max_price is not None:
        found.append(Product.price <= wanted.max_price * UNITS)
    if wanted.status is not None:
        found.append(Product.status == wanted.status)
    if wanted.available is not None:
        found.append(Product.in_stock.is_(wanted.available))
    return found
