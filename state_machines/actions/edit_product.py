"""Changes of the catalogue by staff, for routes and commands, each with a row in the audit.

The caller opens and commits the transaction. Values are texts by column, validated like the cells
of an import (state_machines/catalogue_import/cells.py).
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError

from models.audit import audit
from models.base import db
from models.clock import now
from models.errors import ConflictError, DuplicateError, InvalidInputError, NotFoundError
from models.product import Product, ProductStatus
from models.shipping import require_shipping_cost
from state_machines.catalogue_import.cells import MAX_STOCK, as_columns, read

SKU_CONSTRAINT = "uq_product_sku"


def create(actor: str, cells: Mapping[str, str], *, created_by: UUID | None = None) -> Product:
    """Add a product and return it. `actor` is the name in the audit.

    Raises InvalidInputError for the first invalid value, and DuplicateError when another product
    has its SKU.
    """
    values = as_columns(read(cells, cells.values()))
    product = Product(**values, created_by=created_by)
    _refuse_unsellable(product, "currency")
    db.session.add(product)
    _flush(product.sku)
    audited = {name: values[name] for name in ("name", "price", "currency", "stock", "status")}
    audit(actor, "products create", product.sku, product=audited)
    return product


def lock(condition: ColumnElement[bool]) -> Product:
    """Lock the product that satisfies `condition`, and return it. Raises NotFoundError."""
    product: Product | None = db.session.scalar(
        select(Product)
        .where(condition)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if product is None:
        raise NotFoundError("There is no such product")
    return product


def change(actor: str, product: Product, cells: Mapping[str, str]) -> None:
    """Change a locked product in the columns of `cells`, which must not include its stock.

    Orders that are placed stay as they are. Raises InvalidInputError for the first invalid value,
    and DuplicateError when another product has its SKU.
    """
    # A price needs its currency.
    whole = {"currency": product.currency, **cells} if "price" in cells else cells
    values = as_columns(read(whole, whole.values(), defaults={}))
    if values.get("currency", product.currency) != product.currency and "price" not in cells:
        raise InvalidInputError("price", "is required with a new currency")
    changed: dict[str, dict[str, Any]] = {}
    for name, after in values.items():
        before = getattr(product, name)
        if before != after:
            changed[name] = {"before": before, "after": after}
            setattr(product, name, after)
    if not changed:
        return
    if changed.keys() & {"status", "currency"}:
        _refuse_unsellable(product, "status" if "status" in changed else "currency")
    product.updated_at = now()
    _flush(product.sku)
    known_as = changed.get("sku", {}).get("before", product.sku)
    audit(actor, "products change", known_as, changed=changed)


def set_stock(actor: str, product: Product, pieces: int, *, reason: str | None = None) -> None:
    """Set the number of pieces on hand of a locked product.

    Raises ConflictError when orders have reserved more, or when it exceeds MAX_STOCK.
    """
    before = product.stock
    if pieces < product.reserved:
        raise ConflictError(
            f"There are {before} pieces of {product.sku}, and {product.reserved} of them are"
            f" reserved by orders: {pieces} is too few"
        )
    if pieces > MAX_STOCK:
        raise ConflictError(f"There cannot be more than {MAX_STOCK} pieces of {product.sku}")
    if pieces == before:
        return
    product.stock, product.updated_at = pieces, now()
    why = {} if reason is None else {"reason": reason}
    audit(actor, "products stock", product.sku, stock={"before": before, "after": pieces}, **why)


def _refuse_unsellable(product: Product, field: str) -> None:
    """Raise InvalidInputError for an available product in a currency without a shipping cost."""
    if product.status == ProductStatus.AVAILABLE:
        require_shipping_cost(product.currency, field)


def _flush(sku: str) -> None:
    """Send the product to the database. Raises DuplicateError when another one has its SKU."""
    try:
        db.session.flush()
    except IntegrityError as error:
        if SKU_CONSTRAINT not in str(error.orig):
            raise
        raise DuplicateError("sku", f"{sku} is another product's") from error
