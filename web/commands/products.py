"""The catalogue, for who operates the system."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Boolean, literal_column
from sqlalchemy.dialects.postgresql import insert

import models
from models import Product, transaction
from models.clock import now
from models.ids import uuid7
from models.money import to_minor
from web.commands import output

group = click.Group("products", help="The catalogue.")

CATALOGUE = Path(models.__file__).parent / "catalogue.json"
# Sold or restocked, hidden or shown since: what the shop has changed stays.
KEPT = ("id", "sku", "stock", "status", "created_at")


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
    with transaction() as session:
        added = session.scalars(
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
        "id": uuid7(),
        "image_url": entry["image"],
        "price": to_minor(Decimal(entry["price"]), entry["currency"]),
        "created_at": at,
        "updated_at": at,
    }
