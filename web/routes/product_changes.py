"""Routes of changing the catalogue, for staff."""

from http import HTTPStatus
from typing import Any

from flask_openapi.models.tag import Tag

from models import Product, transaction
from state_machines.actions import edit_product as products
from web import authentication
from web.blueprint import ApiBlueprint
from web.pagination import require_match, with_etag
from web.schemas.product import ProductPath, ProductView
from web.schemas.product_changes import (
    NewProduct,
    ProductChange,
    StockChange,
    StockView,
    use_wire_names,
)

api = ApiBlueprint(
    "product_changes",
    __name__,
    url_prefix="/product",
    abp_tags=[Tag(name="product")],
    abp_security=[{"bearer": []}],
)
api.before_request(authentication.require_staff)


@api.post("", responses={201: ProductView})
def create(body: NewProduct) -> Any:
    """Create a product. 409 when another one has the SKU. For staff."""
    user_id = authentication.caller().user_id
    with use_wire_names(), transaction():
        product = products.create(str(user_id), body.cells(), created_by=user_id)
    response = with_etag(_view(product))
    response.status_code = HTTPStatus.CREATED
    response.headers["Location"] = f"{api.url_prefix}/{product.id}"
    return response


@api.patch("/<int:productId>", responses={200: ProductView})
def change(path: ProductPath, body: ProductChange) -> Any:
    """Update the given fields of a product, with `If-Match` only if it is unchanged. For staff."""
    with use_wire_names(), transaction():
        product = products.lock(Product.id == path.product_id)
        require_match(_view(product))
        products.change(_actor(), product, body.cells())
    return with_etag(_view(product))


@api.post("/<int:productId>/stock", responses={200: StockView})
def set_stock(path: ProductPath, body: StockChange) -> Any:
    """Correct the stock of a product, by a difference or to a count. For staff.

    409 when orders have reserved more. With the product's `If-Match`, a repeated request is not
    applied twice.
    """
    with transaction():
        product = products.lock(Product.id == path.product_id)
        require_match(_view(product))
        products.set_stock(_actor(), product, body.after(product.stock), reason=body.reason)
    return StockView.of(product).json_ready()


def _actor() -> str:
    return str(authentication.caller().user_id)


def _view(product: Product) -> Any:
    return ProductView.of(product).json_ready()
