"""Schemas of the public catalogue."""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    RootModel,
    WithJsonSchema,
)

from models import Product, ProductStatus
from models.catalogue import CatalogueQuery
from models.money import to_decimal
from models.problem_codes import FieldCode, InvalidValueError
from models.product import MAX_PRODUCT_ID
from models.typed_text import refuse_card_number
from web.schemas.base import Incoming, Outgoing, Text, Timestamp
from web.urls import make_absolute


def read_id(value: Any) -> Any:
    """Convert decimal digits to a number. Return anything else unchanged for the next validator."""
    digits = isinstance(value, str) and re.fullmatch(r"[0-9]{1,16}", value)
    return int(value) if digits else value


# Some clients store ids as text, such as the keys of a cart.
ProductId = Annotated[
    int,
    BeforeValidator(read_id),
    Field(strict=True, ge=1, le=MAX_PRODUCT_ID),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": MAX_PRODUCT_ID},
                {"type": "string", "pattern": "^[0-9]{1,16}$"},
            ]
        }
    ),
]
# A JSON number. Amounts have far fewer digits than a float can represent exactly.
Amount = Annotated[Decimal, PlainSerializer(float, return_type=float)]
# In major units. Stripe allows less than 10 billion, with at most three decimals.
Price = Annotated[Decimal, Field(ge=0, le=10_000_000_000, decimal_places=3)]
PRICE = "estimated_price"
MAX_IDS = 100  # of one request
ANY: Literal["any"] = "any"
Status = ProductStatus | Literal["any"]
Sort = Literal["name", "-name", "price", "-price", "createdAt", "-createdAt"]


def validate_ids(text: str) -> str:
    """Return ids that are separated by commas. Raises ValueError for too many, and for others."""
    ids = text.split(",")
    if len(ids) > MAX_IDS:
        raise InvalidValueError(f"must have at most {MAX_IDS} ids", FieldCode.TOO_MANY, max=MAX_IDS)
    for number in ids:
        if not re.fullmatch(r"[0-9]{1,16}", refuse_card_number(number)):
            message = "must be numbers separated by commas"
            raise InvalidValueError(message, FieldCode.WRONG_FORMAT)
    return text


class ProductQuery(Incoming):
    """A search of the catalogue. Only staff may set `status` to anything but Available.

    `ids` selects up to 100 products by their ids, such as `1,2,3`. Then those that are no longer
    for sale are found, too, because carts and orders refer to them.
    """

    ids: Annotated[str, AfterValidator(validate_ids)] | None = None
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

    @property
    def searches_all(self) -> bool:
        """True when products of every status are searched."""
        return self.status == ANY or (
            self.ids is not None and "status" not in self.model_fields_set
        )

    @property
    def filters(self) -> CatalogueQuery:
        fields = self.model_dump(exclude={"page", "size", "status", "ids"})
        ids = None if self.ids is None else tuple(map(int, self.ids.split(",")))
        status = None if self.searches_all else ProductStatus(self.status)
        return CatalogueQuery(**fields, ids=ids, status=status)


class ProductPath(Incoming):
    product_id: int = Field(ge=1, le=MAX_PRODUCT_ID)


class ProductView(Outgoing):
    """A product. `estimatedPrice` is in major units of `currency`.

    `stockLeft` is the number of pieces that can be ordered while it is at most 10, else null.
    """

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
    stock_left: int | None
    created_by: UUID | None
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, product: Product) -> "ProductView":
        fields = {name: getattr(product, name) for name in cls.model_fields if name != PRICE}
        fields["image_url"] = make_absolute(product.image_url)
        return cls(**fields, estimated_price=to_decimal(product.price, product.currency))


class CategoryView(Outgoing):
    """A category with the number of its products for sale. `imageUrl` shows one of them."""

    name: str
    products: int
    image_url: str

    @classmethod
    def of(cls, name: str, products: int, image_url: str) -> "CategoryView":
        return cls(name=name, products=products, image_url=make_absolute(image_url))


class Products(RootModel[list[ProductView]]):
    pass


class Categories(RootModel[list[CategoryView]]):
    pass
