"""What an operator does to a product."""

import click
from sqlalchemy import select

from models import Product, ProductStatus
from models.base import db
from models.clock import now
from models.errors import ConflictError, NotFoundError
from models.product_cells import LARGEST
from models.shipping import require_shipping_cost
from web.commands import output
from web.commands.acting import acting
from web.commands.products import STATUSES, group, line


@group.command("stock")
@click.argument("sku")
@click.option("--set", "exact", type=click.IntRange(0, LARGEST), help="So many pieces are here.")
@click.option("--add", "more", type=int, help="So many pieces came in; less than 0: went missing.")
@output.as_json
def set_stock(sku: str, exact: int | None, more: int | None, *, as_json: bool) -> None:
    """Correct how many pieces of a product are here. Those that are reserved must stay."""
    if (exact is None) == (more is None):
        raise click.UsageError("say either --set or --add")
    change: dict[str, int] = {}
    with acting("products stock", sku, stock=change):
        product = _locked(sku)
        after = exact if exact is not None else product.stock + (more or 0)
        if after < product.reserved:
            raise ConflictError(
                f"there are {product.stock} pieces of {sku}, and {product.reserved} of them are"
                f" reserved by orders: {after} is too few"
            )
        if after > LARGEST:
            raise ConflictError(f"there cannot be more than {LARGEST} pieces of {sku}")
        change |= {"before": product.stock, "after": after}
        product.stock, product.updated_at = after, now()
    output.done(
        f"{sku}: {after} pieces, {change['before']} before", as_json=as_json, **line(product)
    )


@group.command("status")
@click.argument("sku")
@click.argument("status", type=STATUSES)
@output.as_json
def set_status(sku: str, status: str, *, as_json: bool) -> None:
    """Show a product as available or not. Orders that are placed stay as they are."""
    change: dict[str, str] = {}
    with acting("products status", sku, status=change):
        product = _locked(sku)
        if status == ProductStatus.AVAILABLE:
            require_shipping_cost(product.currency, "status")
        change |= {"before": product.status, "after": status}
        product.status, product.updated_at = ProductStatus(status), now()
    output.done(f"{sku} is {status}, and was {change['before']}", as_json=as_json, **line(product))


def _locked(sku: str) -> Product:
    product = db.session.scalar(
        select(Product)
        .where(Product.sku == sku)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if product is None:
        raise NotFoundError(f"there is no product {sku}")
    return product
