"""Search in the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from models.base import db
from models.currency import codes_with
from models.prepared import Prepared
from models.product import SEARCH_EXPRESSION, Product, ProductStatus

# Minor units in a major unit of each product's currency.
UNITS = case(
    *((Product.currency.in_(codes_with(exponent)), 10**exponent) for exponent in (0, 3)),
    else_=100,
)
# Prices in different currencies are sorted in major units.
SORTS = {"name": Product.name, "price": Product.price * 1000 / UNITS, "createdAt": Product.id}


@dataclass(frozen=True, slots=True)
class CatalogueQuery:
    """The filters and the order of a search; prices in major units.

    A leading minus in `sort` sorts in descending order. `status` None matches every status.
    """

    ids: tuple[int, ...] | None = None
    q: str = ""
    category: str | None = None
    tag: str | None = None
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    available: bool | None = None
    status: ProductStatus | None = ProductStatus.AVAILABLE
    sort: str = "name"


def search(query: CatalogueQuery, *, page: int, size: int) -> tuple[Sequence[Product], int]:
    """Return one page of the matching products, and the number of all that match."""
    rows = load_page(query, page, size)
    if page == 1 and len(rows) < size:
        return rows, len(rows)
    matching = select(func.count(Product.id)).where(*_conditions(query))
    return rows, db.session.scalar(matching) or 0


def load_page(query: CatalogueQuery, page: int, size: int) -> Sequence[Product]:
    """Return one page of the matching products."""
    return db.session.scalars(_page(select(Product), query, page, size)).all()


def load_version(query: CatalogueQuery, *, page: int, size: int) -> tuple[str, int]:
    """Return a text that differs when the page of `load_page` does, and the number of matches."""
    row = _prepared_version(query, page, size).first()
    return ("", 0) if row is None else (row[0], row[1])


def version_query(query: CatalogueQuery, page: int, size: int) -> Select[Any]:
    """Return the query of `load_version`: a hash of all columns of the products on the page."""
    products = _page(select(literal_column("product::text").label("text")), query, page, size)
    shown = products.subquery("shown")
    number = select(func.count(Product.id)).where(*_conditions(query)).scalar_subquery()
    text = func.coalesce(func.string_agg(shown.c.text, "\n"), "")
    return select(func.to_hex(func.hashtextextended(text, 0)), number).select_from(shown)


@lru_cache(maxsize=512)
def _prepared_version(query: CatalogueQuery, page: int, size: int) -> Prepared:
    return Prepared(lambda: version_query(query, page, size))


def _page(products: Select[Any], query: CatalogueQuery, page: int, size: int) -> Select[Any]:
    """Return a query of products with the conditions, the order and the limits of a page."""
    column = SORTS[query.sort.removeprefix("-")]
    order = column.desc() if query.sort.startswith("-") else column.asc()
    matching = products.select_from(Product).where(*_conditions(query))
    return matching.order_by(order, Product.id).limit(size).offset((page - 1) * size)


def categories() -> list[tuple[str, int, str]]:
    """Return each category with the number of its products for sale, and its oldest picture."""
    pictures = func.array_agg(aggregate_order_by(Product.image_url, Product.id))
    query = (
        select(Product.category, func.count(), pictures[1])
        .where(Product.status == ProductStatus.AVAILABLE)
        .group_by(Product.category)
        .order_by(Product.category)
    )
    return [(name, number, picture) for name, number, picture in db.session.execute(query)]


def _conditions(query: CatalogueQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.ids is not None:
        conditions.append(Product.id.in_(query.ids))
    if query.q.strip():
        terms = func.websearch_to_tsquery("english", query.q)
        # A part of the name also matches: people type as they go.
        part = Product.name.icontains(query.q.strip(), autoescape=True)
        conditions.append(or_(literal_column(SEARCH_EXPRESSION).bool_op("@@")(terms), part))
    if query.category is not None:
        conditions.append(Product.category == query.category)
    if query.tag is not None:
        conditions.append(Product.tags.contains([query.tag]))
    if query.min_price is not None:
        conditions.append(query.min_price * UNITS <= Product.price)
    if query.max_price is not None:
        conditions.append(Product.price <= query.max_price * UNITS)
    if query.status is not None:
        conditions.append(Product.status == query.status)
    if query.available is not None:
        conditions.append(Product.in_stock.is_(query.available))
    return conditions


def matching_products(
    *,
    q: str | None = None,
    category: str | None = None,
    status: ProductStatus | None = None,
    low: int | None = None,
) -> list[ColumnElement[bool]]:
    """Return the conditions of the products that staff look for, for sale or not.

    `q` is a part of the SKU or name; at most `low` pieces can still be ordered.
    """
    conditions: list[ColumnElement[bool]] = []
    if q is not None:
        columns = (Product.sku, Product.name)
        conditions.append(or_(*(column.icontains(q, autoescape=True) for column in columns)))
    if category is not None:
        conditions.append(Product.category == category)
    if status is not None:
        conditions.append(Product.status == status)
    if low is not None:
        conditions.append(Product.stock - Product.reserved <= low)
    return conditions


def list_for_sale(limit: int) -> list[tuple[int, datetime]]:
    """Return id and last change of the products that are for sale, oldest first."""
    for_sale = Product.status == ProductStatus.AVAILABLE
    query = select(Product.id, Product.updated_at).where(for_sale).order_by(Product.id)
    return [(key, changed) for key, changed in db.session.execute(query.limit(limit))]
