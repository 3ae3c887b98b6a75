"""Routes of the catalogue for staff: products in every status, their stock and its moves."""

from http import HTTPStatus
from typing import Any

from sqlalchemy import select

from models import Product, reading, transaction
from models.base import db
from models.catalogue import matching_products
from models.errors import NotFoundError
from models.idempotency import carry_out_once
from models.keyset import count_rows, load_page
from models.stock_history import load_moves
from state_machines.actions import edit_product
from web import authentication
from web.pagination import conditional, require_match, with_etag
from web.request import cause
from web.routes.admin.guard import Role, actor, blueprint, needs
from web.routes.admin.lookups import emails_of_actors
from web.routes.admin.once import require_key
from web.schemas.admin.paging import CountView, PageQuery
from web.schemas.admin.product import (
    Moves,
    MoveView,
    StaffProduct,
    StaffProducts,
    StaffProductsQuery,
)
from web.schemas.product import ProductPath
from web.schemas.product_changes import NewProduct, ProductChange, StockChange, use_wire_names

api = blueprint("products")


@api.get("/products", responses={200: StaffProducts})
@needs(Role.STAFF)
def index(query: StaffProductsQuery) -> Any:
    """List products in every status, newest first."""
    filters = query.model_dump(include={"q", "category", "status", "low"})
    rows = select(Product).where(*matching_products(**filters))
    with reading(one_snapshot=True):
        page = load_page(rows, [Product.id], query.cursor, query.size)
        count = CountView.of(count_rows(rows))
    items = [StaffProduct.of(product) for product in page.rows]
    return conditional(StaffProducts(items=items, next=page.next, count=count).json_ready())


@api.get("/products/<int:productId>", responses={200: StaffProduct})
@needs(Role.STAFF)
def show(path: ProductPath) -> Any:
    """Return a product with its stock."""
    with reading():
        product = _load(path)
    return conditional(_view(product))


@api.post("/products", responses={201: StaffProduct})
@needs(Role.STAFF)
def create(body: NewProduct) -> Any:
    """Create a product. 409 when another one has the SKU, as after a repeated request."""
    user_id = authentication.caller().user_id
    with use_wire_names(), cause(user_id), transaction():
        product = edit_product.create(actor(), body.cells(), created_by=user_id)
    response = with_etag(_view(product))
    response.status_code = HTTPStatus.CREATED
    response.headers["Location"] = f"{api.url_prefix}/products/{product.id}"
    return response


@api.patch("/products/<int:productId>", responses={200: StaffProduct})
@needs(Role.STAFF)
def change(path: ProductPath, body: ProductChange) -> Any:
    """Update the given fields of a product, with `If-Match` only if it is unchanged."""
    with use_wire_names(), cause(actor()), transaction():
        product = edit_product.lock(Product.id == path.product_id)
        require_match(_view(product))
        edit_product.change(actor(), product, body.cells())
    return with_etag(_view(product))


@api.post("/products/<int:productId>/stock", responses={200: StaffProduct})
@needs(Role.STAFF)
def set_stock(path: ProductPath, body: StockChange) -> Any:
    """Correct the stock, by a difference or to a count, once for each `Idempotency-Key`.

    The key is required. 409 when orders have reserved more.
    """
    key = require_key()
    request = {"product": path.product_id, **body.model_dump()}
    with cause(actor()), transaction():
        product = edit_product.lock(Product.id == path.product_id)

        def carry_out() -> dict[str, Any]:
            after = body.after(product.stock)
            edit_product.set_stock(actor(), product, after, reason=body.reason)
            return {}

        carry_out_once(f"stock:{actor()}", key, request, carry_out)
    return with_etag(_view(product))


@api.get("/products/<int:productId>/moves", responses={200: Moves})
@needs(Role.STAFF)
def moves(path: ProductPath, query: PageQuery) -> Any:
    """List what changed the pieces of a product: orders, and corrections with their reasons."""
    with reading(one_snapshot=True):
        page, following = load_moves(_load(path), query.cursor, query.size)
        emails = emails_of_actors(move.actor for move in page)
    items = [MoveView.of(move, emails) for move in page]
    return conditional(Moves(items=items, next=following).json_ready())


def _load(path: ProductPath) -> Product:
    """Load a product in the current transaction. Raises NotFoundError."""
    product = db.session.get(Product, path.product_id)
    if product is None:
        raise NotFoundError("There is no such product")
    return product


def _view(product: Product) -> Any:
    return StaffProduct.of(product).json_ready()
