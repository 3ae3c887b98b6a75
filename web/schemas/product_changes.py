"""Schemas of changes to the catalogue. Values are validated like the cells of an import."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from models import Product, ProductStatus
from models.errors import InvalidInputError
from models.problem_codes import FieldCode, InvalidValueError
from state_machines.catalogue_import.cells import MAX_STOCK, MAX_TAGS
from web.schemas.base import Incoming, Outgoing, Text
from web.schemas.user import no_defaults
from web.urls import make_relative

# Fields that have another name as columns of an import.
CELLS = {"image_url": "image", "estimated_price": "price"}
WIRE = {"image": "imageUrl", "price": "estimatedPrice"}


def read_amount(amount: Any) -> str:
    """Return an amount as the text of a cell. Raises ValueError for any other value."""
    if type(amount) not in {int, float, str}:
        raise InvalidValueError("must be an amount such as 12.50", FieldCode.WRONG_FORMAT)
    return str(amount)


Plain = Annotated[str, StringConstraints(strict=True)]
Tag = Annotated[Plain, Field(max_length=100, pattern="^[^;]*$")]
Price = Annotated[
    str,
    BeforeValidator(read_amount),
    Field(max_length=40),
    WithJsonSchema({"type": "number", "minimum": 0}),
]
Pieces = Annotated[int, Field(strict=True, ge=0, le=MAX_STOCK)]


class ProductChange(Incoming):
    """Changes to a product; omitted fields stay as they are.

    `estimatedPrice` is in major units of `currency`, and required when the currency changes.
    """

    model_config = ConfigDict(json_schema_extra=no_defaults)

    sku: Plain = Field("", max_length=100)
    name: Plain = Field("", max_length=200)
    description: Plain = Field("", max_length=10_000)
    image_url: Plain = Field("", max_length=2000)
    estimated_price: Price = ""
    currency: Plain = Field("", max_length=3)
    tags: list[Tag] = Field([], max_length=MAX_TAGS)
    category: Plain = Field("", max_length=100)
    status: ProductStatus = ProductStatus.AVAILABLE

    def cells(self) -> dict[str, str]:
        """Return the fields that were sent, as cells of an import by column."""
        sent = [name for name in type(self).model_fields if name in self.model_fields_set]
        texts = {name: getattr(self, name) for name in sent}
        if "tags" in texts:
            texts["tags"] = ";".join(texts["tags"])
        if "image_url" in texts:
            texts["image_url"] = make_relative(texts["image_url"])
        return {CELLS.get(name, name): str(text) for name, text in texts.items()}


class NewProduct(ProductChange):
    """A new product. By default `stock` is 0 and `status` is Available."""

    sku: Plain = Field(max_length=100)
    name: Plain = Field(max_length=200)
    estimated_price: Price
    currency: Plain = Field(max_length=3)
    stock: Pieces = 0


class StockChange(Incoming):
    """A correction of stock: either `change`, the difference, or `stock`, the counted pieces.

    `reason` is recorded in the audit.
    """

    change: Annotated[int, Field(strict=True, ge=-MAX_STOCK, le=MAX_STOCK)] | None = None
    stock: Pieces | None = None
    reason: Text = Field(min_length=1, max_length=500)

    def after(self, before: int) -> int:
        """Return the corrected stock. Raises InvalidInputError unless exactly one field is set."""
        if (self.change is None) == (self.stock is None):
            raise InvalidInputError("change", "set either change or stock, not both")
        return before + self.change if self.change is not None else self.stock or 0


class StockView(Outgoing):
    """The stock of a product. `reserved` pieces of it belong to unpaid orders."""

    id: int
    sku: str
    stock: int
    reserved: int
    available: int

    @classmethod
    def of(cls, product: Product) -> "StockView":
        return cls(**{name: getattr(product, name) for name in cls.model_fields})


@contextmanager
def use_wire_names() -> Iterator[None]:
    """Rename columns of an import in errors to the fields of the body."""
    try:
        yield
    except InvalidInputError as error:
        raise InvalidInputError(WIRE.get(error.field, error.field), error.message) from error
