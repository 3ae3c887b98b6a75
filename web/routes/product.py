"""Routes of the public catalogue."""

from http import HTTPStatus
from typing import Any

from flask import Response, current_app, jsonify, request
from flask_openapi.models.tag import Tag

from models import Product, ProductStatus, catalogue, reading
from models.errors import NotFoundError
from web import authentication
from web.blueprint import ApiBlueprint
from web.catalogue_pages import PAGES, tag_of
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
    version, total = catalogue.load_version(query.filters, page=page, size=size)
    tag = tag_of(version)
    if request.if_none_match.contains_weak(tag):
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        stored = PAGES.load(tag)
        if stored is None:
            tag, total, stored = _render(query)
            PAGES.store(tag, stored)
        response = Response(stored, mimetype="application/json")
    response.set_etag(tag)
    response.headers["Cache-Control"] = "no-cache"
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


def _render(query: ProductQuery) -> tuple[str, int, bytes]:
    """Return the tag of a page, the number of all matches, and the page, of one snapshot."""
    filters, page, size = query.filters, query.page, query.size
    with reading(one_snapshot=True) as session:
        version, total = session.execute(catalogue.version_query(filters, page, size)).one()
        products = catalogue.load_page(filters, page, size)
        views = [ProductView.of(product).json_ready() for product in products]
    return tag_of(version), total, current_app.json.dumps(views).encode()
