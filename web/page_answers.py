"""Answers of the API that the HTML of a page brings along, which saves the browser a round trip.

Their addresses are those that the app would fetch: frontend/src/shop/catalogue/queries.ts.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from models import Product, catalogue
from web.schemas.product import CategoryView, ProductQuery, ProductView

PAGE_SIZE = 12
FEATURED_SIZE = 8
FEATURED_TAG = "featured"

FIRST_PAGE = f"/product?size={PAGE_SIZE}"
FEATURED = f"/product?sort=-createdAt&size={FEATURED_SIZE}&tag={FEATURED_TAG}"
CATEGORIES = "/product/categories"
GALLERY = "/static/products/gallery.json"


def answers_of(path: str) -> dict[str, Any]:
    """Read the answers that the page at `path` needs first. Others need none."""
    if path == "/":
        query = ProductQuery(sort="-createdAt", size=FEATURED_SIZE, tag=FEATURED_TAG)
        return {FEATURED: _search(query), CATEGORIES: _categories()}
    if path == "/products":
        return {FIRST_PAGE: _search(ProductQuery(size=PAGE_SIZE)), CATEGORIES: _categories()}
    return {}


def answers_of_product(product: Product) -> dict[str, Any]:
    """Return the answers that the page of a product needs first."""
    return {
        f"/product/{product.id}": {"data": ProductView.of(product).json_ready()},
        GALLERY: {"data": _pictures()},
    }


def _search(query: ProductQuery) -> dict[str, Any]:
    products, total = catalogue.search(query.filters, page=query.page, size=query.size)
    return {"data": [ProductView.of(product).json_ready() for product in products], "total": total}


def _categories() -> dict[str, Any]:
    return {"data": [CategoryView.of(*row).json_ready() for row in catalogue.categories()]}


@cache
def _pictures() -> Any:
    """Read the files of the products' pictures, by the name of the first one."""
    return json.loads((Path(__file__).parent / GALLERY.removeprefix("/")).read_text())
