"""Routes of the public catalogue."""

from typing import Any

from flask import jsonify
from flask_openapi.models.tag import Tag

from models import Product, ProductStatus, catalogue, reading
from models.errors import NotFoundError
from web import authentication
from web.blueprint import ApiBlueprint
from web.pagination import conditional, link_header, page_links
from web.schemas.product import (
    Categories,
    CategoryView,
    ProductPath,
    ProductQuery,
    Products,
    ProductView,
)

api = ApiBlueprint("product", __name__, url_prefix="/product", abp_tags=[Tag(name="product")])


@api.get("", responses={200: Products})
def search(query: ProductQuery) -> Any:
    """Search the products that are for sale, or find products by their `ids`.

    `X-Total-Count` has the number of matches, `Link` the other pages. Staff may set `status` to
    another value, or to `any`.
    """
    page, size = query.page, query.size
    if query.status != ProductStatus.AVAILABLE:
        authentication.require_staff()
    with reading():
        products, total = catalogue.search(query.filters, page=page, size=size)
    response = conditional([ProductView.of(product).json_ready() for product in products])
    response.headers["X-Total-Count"] = str(total)
    response.headers["Link"] = link_header(page_links(page, size, total))
    return response


@api.get("/categories", responses={200: Categories})
def categories() -> Any:
    """List the categories with their numbers of products for sale, and a picture of one."""
    with reading():
        rows = catalogue.categories()
    return jsonify([CategoryView.of(*row).json_ready() for row in rows])


@api.get("/<int:productId>", responses={200: ProductView})
def show(path: ProductPath) -> Any:
    """Return one product, for sale or not, because earlier orders link to it."""
    with reading() as session:
        product = session.get(Product, path.product_id)
    if product is None:
        raise NotFoundError("There is no such product")
    return conditional(ProductView.of(product).json_ready())
