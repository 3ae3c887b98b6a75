"""Commands for the catalogue: list, seed and import products, and change stock and status."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Boolean, literal_column, or_, select
from sqlalchemy.dialects.postgresql import insert

import models
from models import Product, ProductStatus, reading
from models.base import db
from models.catalogue import matching_products
from models.errors import NotFoundError
from models.money import display
from models.printable import escape
from models.shipping import require_shipping_cost
from models.typed_text import normalise_name
from state_machines.actions import edit_product as products
from state_machines.catalogue_import.cells import COLUMNS, MAX_STOCK, REQUIRED
from state_machines.catalogue_import.load import Outcome, import_products
from state_machines.catalogue_import.product_file import ProductFile
from web.commands import listing, output
from web.commands.auditing import as_operator, audited, cli_errors
from web.commands.product_seed import read_seed

group = click.Group("products", help="Products of the catalogue, and their stock.")

CATALOGUE = Path(models.__file__).parent / "catalogue.json"
# Not even an update may undo what the shop has changed of these.
UNCHANGED_BY_SEED = ("sku", "stock", "status", "created_at")
STATUSES = click.Choice([status.value for status in ProductStatus])
IMPORT_HELP = f"""Add or update products by SKU from a CSV file in UTF-8: all of them, or none.

The first line names the columns, of {", ".join(COLUMNS)}; {", ".join(REQUIRED)} are required.
Prices are in major units (12.50); tags are separated by semicolons. Existing products change only
in the columns of the file; orders of them wait while they are written.
"""


@group.command("list")
@click.option("--q", help="Filter by a part of the SKU or name.")
@click.option("--category", help="Filter by category.")
@click.option("--status", type=STATUSES, help="Filter by status.")
@click.option("--low", type=int, help="Filter by available stock: at most this many pieces.")
@listing.limit_option
@output.json_option
def show_list(  # noqa: PLR0913  each is a filter
    q: str | None,
    category: str | None,
    status: str | None,
    low: int | None,
    limit: int,
    *,
    as_json: bool,
) -> None:
    """List products, newest first. The stock includes reserved pieces."""
    known_status = None if status is None else ProductStatus(status)
    conditions = matching_products(q=q, category=category, status=known_status, low=low)
    output.print_rows(map(_as_row, listing.newest(Product, limit, *conditions)), as_json=as_json)


@group.command("seed")
@click.option(
    "--file", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=CATALOGUE,
    help="A JSON array of products (default: the project's own).",
)  # fmt: skip
@click.option("--update", is_flag=True, help="Also overwrite texts and prices of existing ones.")
@click.option("--if-empty", is_flag=True, help="Do nothing if there is any product.")
@output.json_option
def seed(path: Path, *, update: bool, if_empty: bool, as_json: bool) -> None:
    """Add the products of a JSON file whose SKUs are new."""
    changed: dict[str, bool] = {}
    if not if_empty or _is_empty():
        with audited("products seed", path.name):
            changed = _add(read_seed(path), update=update)
            _refuse_unsellable(changed)
    added = sum(changed.values())
    if as_json:
        click.echo(json.dumps({"added": added, "updated": len(changed) - added}))
    else:
        click.echo(f"{added} added, {len(changed) - added} updated")


@group.command("import", help=IMPORT_HELP)
@click.argument(
    "path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--check", is_flag=True, help="Only report what would change, or the bad lines.")
@output.json_option
def import_file(path: Path, *, check: bool, as_json: bool) -> None:
    """Import a CSV file."""
    counts: dict[str, int] = {}
    context: AbstractContextManager[Any] = (
        reading() if check else audited("products import", path.name, counts=counts)
    )
    with path.open("rb") as file, _progress(path, hidden=as_json) as bar, cli_errors(), context:
        outcome = import_products(ProductFile(file, bar.update), check=check)
        counts |= {"imported": outcome.imported, "updated": outcome.updated}
        if outcome.bad or not any(counts.values()):
            raise click.ClickException(_refuse_file(outcome, as_json=as_json))
    prefix = "would be " if check else ""
    sentence = f"{outcome.imported} {prefix}imported, {outcome.updated} {prefix}updated"
    output.print_result(sentence, as_json=as_json, **_outcome_fields(outcome))


@group.command("stock")
@click.argument("sku")
@click.option("--set", "exact", type=click.IntRange(0, MAX_STOCK), help="The counted stock.")
@click.option("--add", "change", type=int, help="Pieces to add; negative to remove.")
@click.option("--reason", help="The reason, recorded in the audit.")
@output.json_option
def set_stock(
    sku: str, exact: int | None, change: int | None, reason: str | None, *, as_json: bool
) -> None:
    """Correct the stock of a product. It cannot fall below the reserved pieces."""
    if (exact is None) == (change is None):
        raise click.UsageError("give either --set or --add")
    with as_operator("products stock") as actor, _lock(sku) as product:
        before = product.stock
        after = exact if exact is not None else before + (change or 0)
        products.set_stock(actor, product, after, reason=reason)
    sentence = f"{sku}: {after} pieces, {before} before"
    output.print_result(sentence, as_json=as_json, **_as_row(product))


@group.command("status")
@click.argument("sku")
@click.argument("status", type=STATUSES)
@output.json_option
def set_status(sku: str, status: str, *, as_json: bool) -> None:
    """Change whether a product is for sale. Placed orders are not affected."""
    with as_operator("products change") as actor, _lock(sku) as product:
        before = product.status
        products.change(actor, product, {"status": status})
    output.print_result(f"{sku} is {status}, was {before}", as_json=as_json, **_as_row(product))


def _is_empty() -> bool:
    with reading() as session:
        return session.scalar(select(Product.id).limit(1)) is None


def _add(rows: list[dict[str, Any]], *, update: bool) -> dict[str, bool]:
    """Add products, or update those that are not as a row says.

    Return the SKUs of what has changed, each with whether it is new.
    """
    statement = insert(Product).values(rows)
    # xmax is 0 for a row that this statement has inserted.
    changed = Product.sku, literal_column("(xmax = 0)", Boolean)
    if not update:
        added = statement.on_conflict_do_nothing(index_elements=["sku"])
        return dict(db.session.execute(added.returning(*changed)).all())
    updates = {name: statement.excluded[name] for name in rows[0] if name not in UNCHANGED_BY_SEED}
    differs = [
        getattr(Product, name).is_distinct_from(value)
        for name, value in updates.items()
        if name != "updated_at"
    ]
    merged = statement.on_conflict_do_update(
        index_elements=["sku"], set_=updates, where=or_(*differs)
    )
    return dict(db.session.execute(merged.returning(*changed)).all())


def _refuse_unsellable(skus: Iterable[str]) -> None:
    """Raise InvalidInputError for an available product in a currency without a shipping cost."""
    available = select(Product.sku, Product.currency).where(
        Product.sku.in_(list(skus)), Product.status == ProductStatus.AVAILABLE
    )
    for sku, currency in db.session.execute(available.order_by(Product.sku)):
        require_shipping_cost(currency, f"{sku}: currency")


def _progress(path: Path, *, hidden: bool) -> Any:
    """Return a progress bar for reading the file."""
    size = path.stat().st_size
    return click.progressbar(
        length=size,
        label="Reading",
        file=sys.stderr,
        hidden=hidden or not sys.stderr.isatty(),
        update_min_steps=size // 100,
    )


def _refuse_file(outcome: Outcome, *, as_json: bool) -> str:
    """Return the error message for a bad file. With `as_json`, print the bad lines as well."""
    if as_json:
        output.print_result("", as_json=True, **_outcome_fields(outcome))
    if not outcome.bad:
        return "the file has no products: there is nothing below its first line"
    shown = "" if outcome.bad_count == len(outcome.bad) else f"; the first {len(outcome.bad)}"
    lines = f"{outcome.bad_count} bad line{'s' if outcome.bad_count > 1 else ''}"
    return "\n".join(
        [f"{lines}, nothing was imported{shown}:", *(escape(str(bad)) for bad in outcome.bad)]
    )


def _outcome_fields(outcome: Outcome) -> dict[str, Any]:
    return {
        "imported": outcome.imported,
        "updated": outcome.updated,
        "bad": [bad._asdict() for bad in outcome.bad],
        "badCount": outcome.bad_count,
    }


@contextmanager
def _lock(sku: str) -> Iterator[Product]:
    """Lock the product with this SKU. Raises NotFoundError when there is none."""
    try:
        # Terminals may paste decomposed letters; SKUs are stored in one normal form.
        product = products.lock(Product.sku == normalise_name(sku))
    except (NotFoundError, ValueError) as error:
        raise NotFoundError(f"There is no product {sku}") from error
    yield product


def _as_row(product: Product) -> dict[str, Any]:
    return {
        "sku": product.sku,
        "name": product.name,
        "price": display(product.price, product.currency),
        **listing.as_row(product, ("stock", "reserved", "available", "status")),
    }
