"""The catalogue, for who operates the system."""

import json
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Boolean, ColumnElement, literal_column, or_, select
from sqlalchemy.dialects.postgresql import insert

import models
from models import Product, ProductStatus
from models.base import db
from models.clock import now
from models.errors import InvalidInputError
from models.money import display
from models.product_cells import REQUIRED, as_columns, read
from models.shipping import require_shipping_cost
from web.commands import listing, output
from web.commands.acting import acting

group = click.Group("products", help="The catalogue.")

CATALOGUE = Path(models.__file__).parent / "catalogue.json"
# Sold or restocked, hidden or shown since: what the shop has changed stays.
KEPT = ("sku", "stock", "status", "created_at")
STATUSES = click.Choice([status.value for status in ProductStatus])


@group.command("list")
@click.option("--q", help="Only those with this in their SKU or name.")
@click.option("--category", help="Only those of this category.")
@click.option("--status", type=STATUSES, help="Only those with this status.")
@click.option("--low", type=int, help="Only those of which at most so many pieces are available.")
@listing.limit
@output.as_json
def show_list(  # noqa: PLR0913  one a filter
    q: str | None,
    category: str | None,
    status: str | None,
    low: int | None,
    limit: int,
    *,
    as_json: bool,
) -> None:
    """List products, newest first. Stock counts the pieces that are here; some are reserved."""
    given = {"category": category, "status": status}
    wanted: list[ColumnElement[bool]] = [
        getattr(Product, name) == is_ for name, is_ in given.items() if is_ is not None
    ]
    if q is not None:
        parts = (Product.sku, Product.name)
        wanted.append(or_(*(part.icontains(q, autoescape=True) for part in parts)))
    if low is not None:
        wanted.append(Product.stock - Product.reserved <= low)
    output.show(map(line, listing.newest(Product, limit, *wanted)), as_json=as_json)


@group.command("seed")
@click.option(
    "--file", "path", type=click.Path(exists=True, path_type=Path), default=CATALOGUE,
    help="A JSON array of products (default: the project's own).",
)  # fmt: skip
@output.as_json
def seed(path: Path, *, as_json: bool) -> None:
    """Add the products of a file, or bring their texts and prices up to date, by SKU."""
    with acting("products seed", path.name):
        rows = [_row(number, entry) for number, entry in enumerate(_entries(path), start=1)]
        statement = insert(Product).values(rows)
        changed = {name: statement.excluded[name] for name in rows[0] if name not in KEPT}
        added = db.session.scalars(
            statement.on_conflict_do_update(index_elements=["sku"], set_=changed).returning(
                # Zero for a row that this statement has inserted.
                literal_column("(xmax = 0)", Boolean)
            )
        ).all()
        _refuse_unsellable([row["sku"] for row in rows])
    new = sum(added)
    if as_json:
        click.echo(json.dumps({"added": new, "updated": len(added) - new}))
    else:
        click.echo(f"{new} added, {len(added) - new} updated")


def _entries(path: Path) -> list[dict[str, Any]]:
    """Return the products of a seed file. Raises InvalidInputError when it has none."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as wrong:
        raise InvalidInputError(path.name, f"is not JSON: {wrong}") from wrong
    if not entries or not isinstance(entries, list):
        raise InvalidInputError(path.name, "is no array of products")
    return entries


def _row(number: int, entry: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of one product. Its fields are judged as the cells of an import are."""
    try:
        fields = {**dict.fromkeys(REQUIRED, ""), **entry, "tags": ";".join(entry.get("tags", []))}
        values = read(fields, map(str, fields.values()))
    except InvalidInputError as wrong:
        raise InvalidInputError(f"product {number}: {wrong.field}", wrong.message) from wrong
    except (AttributeError, KeyError, TypeError) as wrong:
        raise InvalidInputError(f"product {number}", f"is malformed: {wrong!r}") from wrong
    at = now()
    return as_columns(values) | {"created_at": at, "updated_at": at}


def _refuse_unsellable(skus: list[str]) -> None:
    """Raise InvalidInputError for a product that is available in a currency without a cost."""
    available = select(Product.sku, Product.currency).where(
        Product.sku.in_(skus), Product.status == ProductStatus.AVAILABLE
    )
    for sku, currency in db.session.execute(available.order_by(Product.sku)):
        require_shipping_cost(currency, f"{sku}: currency")


def line(product: Product) -> dict[str, Any]:
    """What there is to say of a product in a line."""
    return {
        "sku": product.sku,
        "name": product.name,
        "price": display(product.price, product.currency),
        **listing.told(product, ("stock", "reserved", "available", "status")),
    }
