"""The catalogue, as the shop shows it."""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, PlainSerializer, RootModel, WithJsonSchema

from models import Product, ProductStatus
from models.money import to_decimal
from models.product import LARGEST_ID
from web.schemas.base import Incoming, Moment, Outgoing, Text
from web.urls import make_absolute


def read_id(value: Any) -> Any:
    """Turn the decimal digits of a text into a number; leave anything else to the next check."""
    digits = isinstance(value, str) and re.fullmatch(r"[0-9]{1,16}", value)
    return int(value) if digits else value


# Clients may keep an id as a text, such as the key of a cart's line.
ProductId = Annotated[
    int,
    BeforeValidator(read_id),
    Field(strict=True, ge=1, le=LARGEST_ID),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
                {"type": "string", "pattern": "^[0-9]{1,16}$"},
            ]
        }
    ),
]
# A number on the wire. Amounts have far fewer digits than a float keeps exactly.
Amount = Annotated[Decimal, PlainSerializer(float, return_type=float)]
# In major units. Stripe's largest amount is just below 10 billion, and three decimals its most.
Price = Annotated[Decimal, Field(ge=0, le=10_000_000_000, decimal_places=3)]
PRICE = "estimated_price"
ANY: Literal["any"] = "any"
Status = ProductStatus | Literal["any"]
Sort = Literal["name", "-name", "price", "-price", "createdAt", "-createdAt"]


class ProductQuery(Incoming):
    """Any other `status` than Available is for staff."""

    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(100, ge=1, le=100)
    q: Text = Field("", max_length=200)
    category: Text | None = Field(None, max_length=100)
    tag: Text | None = Field(None, max_length=100)
    min_price: Price | None = None
    max_price: Price | None = None
    available: bool | None = None
    status: Status = ProductStatus.AVAILABLE
    sort: Sort = "name"


class ProductPath(Incoming):
    product_id: int = Field(ge=1, le=LARGEST_ID)


class ProductView(Outgoing):
    """`estimatedPrice` is in major units of `currency`."""

    id: int
    name: str
    description: str
    sku: str
    image_url: str
    estimated_price: Amount
    currency: str
    tags: list[str]
    category: str
    status: ProductStatus
    in_stock: bool
    created_by: UUID | None
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, product: Product) -> "ProductView":
        shown = {name: getattr(product, name) for name in cls.model_fields if name != PRICE}
        shown["image_url"] = make_absolute(product.image_url)
        return cls(**shown, estimated_price=to_decimal(product.price, product.currency))


class CategoryView(Outgoing):
    name: str
    products: int


class Products(RootModel[list[ProductView]]):
    pass


class Categories(RootModel[list[CategoryView]]):
    pass
