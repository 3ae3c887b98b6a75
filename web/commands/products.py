"""The catalogue, for who operates the system."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Boolean, ColumnElement, literal_column, or_
from sqlalchemy.dialects.postgresql import insert

import models
from models import Product, ProductStatus
from models.base import db
from models.clock import now
from models.money import display, to_minor
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
    rows = [_row(entry) for entry in json.loads(path.read_text())]
    statement = insert(Product).values(rows)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in KEPT}
    with acting("products seed", path.name):
        added = db.session.scalars(
            statement.on_conflict_do_update(index_elements=["sku"], set_=changed).returning(
                # Zero for a row that this statement has inserted.
                literal_column("(xmax = 0)", Boolean)
            )
        ).all()
    new = sum(added)
    if as_json:
        click.echo(json.dumps({"added": new, "updated": len(added) - new}))
    else:
        click.echo(f"{new} added, {len(added) - new} updated")


def _row(entry: dict[str, Any]) -> dict[str, Any]:
    at = now()
    same = ("sku", "name", "description", "category", "tags", "currency", "stock", "status")
    return {name: entry[name] for name in same} | {
        "image_url": entry["image"],
        "price": to_minor(Decimal(entry["price"]), entry["currency"]),
        "created_at": at,
        "updated_at": at,
    }


def line(product: Product) -> dict[str, Any]:
    """What there is to say of a product in a line."""
    return {
        "sku": product.sku,
        "name": product.name,
        "price": display(product.price, product.currency),
        **listing.told(product, ("stock", "reserved", "available", "status")),
    }
