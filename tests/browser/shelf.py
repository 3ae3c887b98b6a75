"""Products of a story's own, so that no other story takes their stock or changes their price."""

from typing import Any
from uuid import uuid4

from demo.buyer import Json
from demo.world import World
from tests.browser.database import execute

# A product of the first catalogue, for orders. It is always in stock, and no story changes it.
# The first of a list would be one that another story has added.
STAPLE: Json = {"id": 1}

ADD = """
INSERT INTO product (sku, name, description, category, image_url, tags, price, currency, stock,
                     reserved, status, created_at, updated_at)
SELECT %(sku)s, %(name)s, description, category, image_url, tags, %(price)s, currency, %(stock)s,
       0, 'Available', now(), now()
FROM product ORDER BY id LIMIT 1
RETURNING id, name, image_url, currency
"""


class Shelf:
    """The stock of a shop, as its staff fills and prices it. Prices are minor units."""

    def __init__(self, world: World) -> None:
        self._database_url = world.database_url

    def add(self, *, price: int = 4900, stock: int = 100) -> Json:
        """Add a product, and return it as a line of a cart has it."""
        sku = f"STORY-{uuid4().hex[:12]}"
        values = {"sku": sku, "name": f"Lamp {sku[-5:]}", "price": price, "stock": stock}
        ((number, name, image_url, currency),) = execute(self._database_url, ADD, values)
        return {
            "productId": number,
            "name": name,
            "imageUrl": image_url,
            "price": price / 100,
            "currency": currency,
            "id": number,
        }

    def change(self, product: Json, **columns: Any) -> None:
        """Set columns of a product, such as its price or its stock."""
        assignments = ", ".join(f"{name} = %({name})s" for name in columns)
        query = f"UPDATE product SET {assignments} WHERE id = %(number)s RETURNING id"  # noqa: S608
        execute(self._database_url, query, {**columns, "number": product["id"]})
