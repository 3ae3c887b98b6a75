"""The temporary staging table of a product import, dropped at the end of its transaction.

PostgreSQL compares its lines with each other and with the catalogue.
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
    # New products get their ids in the order of the file, though they are inserted by SKU.
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


def lock_known_products() -> None:
    """Lock the staged products that exist, by id: every transaction locks in this order."""
    locked = (
        select(Product.id)
        .join(STAGED, STAGED.c.sku == Product.sku)
        .order_by(Product.id)
        .with_for_update(key_share=True, of=Product)
        .subquery()
    )
    db.session.execute(select(func.count()).select_from(locked))


def duplicate_skus() -> Select[Any]:
    """Select the lines whose SKU is on an earlier line, each with its column and the error."""
    first = func.min(STAGED.c.line).over(partition_by=STAGED.c.sku)
    seen = select(STAGED.c.line, STAGED.c.sku, first.label("first")).subquery()
    what = func.format("%s is already on line %s", seen.c.sku, seen.c.first)
    return select(seen.c.line, literal("sku").label("field"), what.label("what")).where(
        seen.c.line > seen.c.first
    )


def stock_below_reserved() -> Select[Any]:
    """Select the lines whose stock is less than what orders have reserved."""
    what = func.format("%s is less than the %s that are reserved", STAGED.c.stock, Product.reserved)
    return (
        select(STAGED.c.line, literal("stock"), what)
        .join(Product, Product.sku == STAGED.c.sku)
        .where(STAGED.c.stock < Product.reserved)
    )


def without_shipping_cost(currencies: Iterable[str], *, status: bool) -> Select[Any]:
    """Select the lines that would leave a product available outside `currencies`.

    `status` is true when the file has such a column; otherwise a known product keeps its status.
    """
    new_status = STAGED.c.status if status else func.coalesce(Product.status, STAGED.c.status)
    what = func.replace(NO_COST, "{}", STAGED.c.currency)
    return (
        select(STAGED.c.line, literal("currency"), what)
        .outerjoin(Product, Product.sku == STAGED.c.sku)
        .where(new_status == ProductStatus.AVAILABLE, STAGED.c.currency.not_in(list(currencies)))
    )


def merge_staged(columns: list[str]) -> None:
    """Write the staged lines into the catalogue; update known products only in `columns`."""
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
    updated = {"image_url" if name == "image" else name for name in columns} | {"updated_at"}
    changed = {name: statement.excluded[name] for name in updated - {"sku"}}
    db.session.execute(statement.on_conflict_do_update(index_elements=["sku"], set_=changed))
