"""The table through which a file of products goes into the catalogue. It lasts as long as the
transaction, and is where PostgreSQL finds what one line alone does not show.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    MetaData,
    Select,
    Sequence,
    Table,
    Text,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from models.base import db
from models.clock import now
from models.product import Product, ProductStatus
from models.shipping import NO_COST

STAGED = Table(
    "staged_product",
    MetaData(),
    Column("line", Integer),
    # Products are numbered as the lines of their file come, whatever order they are written in.
    Column("id", BigInteger, server_default=Sequence("product_id_seq").next_value()),
    *(Column(name, Text) for name in ("sku", "name", "description", "category", "tags", "image")),
    Column("price", BigInteger),
    Column("currency", Text),
    Column("stock", Integer),
    Column("status", Text),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)
COPIED = tuple(column.name for column in STAGED.columns if column.name != "id")
COPY = f"COPY {STAGED.name} ({', '.join(COPIED)}) FROM STDIN (FORMAT csv)"


def lock() -> None:
    """Lock the products that are known, in the order in which every transaction does."""
    locked = (
        select(Product.id)
        .join(STAGED, STAGED.c.sku == Product.sku)
        .order_by(Product.id)
        .with_for_update(key_share=True, of=Product)
        .subquery()
    )
    db.session.execute(select(func.count()).select_from(locked))


def doubled() -> Select[Any]:
    """The lines whose SKU is on an earlier line, with the column and what is wrong."""
    first = func.min(STAGED.c.line).over(partition_by=STAGED.c.sku)
    seen = select(STAGED.c.line, STAGED.c.sku, first.label("first")).subquery()
    what = func.format("%s is on line %s, too", seen.c.sku, seen.c.first)
    return select(seen.c.line, literal("sku").label("field"), what.label("what")).where(
        seen.c.line > seen.c.first
    )


def too_few() -> Select[Any]:
    """The lines that would leave less than what orders have reserved."""
    what = func.format("%s is less than the %s that are reserved", STAGED.c.stock, Product.reserved)
    return (
        select(STAGED.c.line, literal("stock"), what)
        .join(Product, Product.sku == STAGED.c.sku)
        .where(STAGED.c.stock < Product.reserved)
    )


def unsellable(currencies: Iterable[str], *, status: bool) -> Select[Any]:
    """Select the lines that would leave a product available in none of `currencies`. `status`
    tells whether the file has such a column: without it, a known product keeps its own.
    """
    kept = STAGED.c.status if status else func.coalesce(Product.status, STAGED.c.status)
    what = func.replace(NO_COST, "{}", STAGED.c.currency)
    return (
        select(STAGED.c.line, literal("currency"), what)
        .outerjoin(Product, Product.sku == STAGED.c.sku)
        .where(kept == ProductStatus.AVAILABLE, STAGED.c.currency.not_in(list(currencies)))
    )


def merge(columns: list[str]) -> None:
    """Write what is staged into the catalogue: known products in the given columns only."""
    at = now()
    same = ("id", "sku", "name", "description", "category", "price", "currency", "stock", "status")
    values = {name: STAGED.c[name] for name in same} | {
        "tags": func.string_to_array(STAGED.c.tags, ";"),
        "image_url": STAGED.c.image,
        "reserved": literal(0),
        "created_at": literal(at),
        "updated_at": literal(at),
    }
    statement = insert(Product).from_select(
        list(values), select(*values.values()).order_by(STAGED.c.sku)
    )
    given = {"image_url" if name == "image" else name for name in columns} | {"updated_at"}
    changed = {name: statement.excluded[name] for name in given - {"sku"}}
    db.session.execute(statement.on_conflict_do_update(index_elements=["sku"], set_=changed))
