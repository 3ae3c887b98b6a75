"""Commands that change a product."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from models import Product
from models.errors import NotFoundError
from models.product_cells import LARGEST
from models.typed_text import normalise_name
from state_machines import product as products
from web.commands import output
from web.commands.acting import changing
from web.commands.products import STATUSES, group, line


@group.command("stock")
@click.argument("sku")
@click.option("--set", "exact", type=click.IntRange(0, LARGEST), help="So many pieces are here.")
@click.option("--add", "more", type=int, help="So many pieces came in; less than 0: went missing.")
@click.option("--reason", help="Kept in the audit.")
@output.as_json
def set_stock(
    sku: str, exact: int | None, more: int | None, reason: str | None, *, as_json: bool
) -> None:
    """Correct how many pieces of a product are here. Those that are reserved must stay."""
    if (exact is None) == (more is None):
        raise click.UsageError("say either --set or --add")
    with changing("products stock") as actor, _locked(sku) as product:
        before = product.stock
        after = exact if exact is not None else before + (more or 0)
        products.set_stock(actor, product, after, reason=reason)
    output.done(f"{sku}: {after} pieces, {before} before", as_json=as_json, **line(product))


@group.command("status")
@click.argument("sku")
@click.argument("status", type=STATUSES)
@output.as_json
def set_status(sku: str, status: str, *, as_json: bool) -> None:
    """Show a product as available or not. Orders that are placed stay as they are."""
    with changing("products change") as actor, _locked(sku) as product:
        before = product.status
        products.change(actor, product, {"status": status})
    output.done(f"{sku} is {status}, and was {before}", as_json=as_json, **line(product))


@contextmanager
def _locked(sku: str) -> Iterator[Product]:
    """Lock the product with this SKU. Raises NotFoundError, which names it."""
    try:
        # Terminals may paste letters in two pieces; an SKU is kept in one form.
        product = products.lock(Product.sku == normalise_name(sku))
    except (NotFoundError, ValueError) as missing:
        raise NotFoundError(f"there is no product {sku}") from missing
    yield product
