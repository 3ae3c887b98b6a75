"""Products of the tests: create, load and count them."""

from typing import Any

from sqlalchemy import func, select

from models import Product, transaction
from tests.support.factories import a_product


def load_product(sku: str) -> Product:
    with transaction() as session:
        query = select(Product).where(Product.sku == sku)
        return session.scalars(query.execution_options(populate_existing=True)).one()


def count_rows(row: type[Any] = Product) -> int:
    with transaction() as session:
        return session.scalar(select(func.count(row.id))) or 0


def a_lamp(**fields: Any) -> Product:
    with transaction():
        return a_product(**{"sku": "L-1", "name": "Lamp"} | fields)
