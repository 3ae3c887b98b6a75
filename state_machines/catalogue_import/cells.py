"""The readers of a product's cells: each validates one column and returns its value."""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from models.currency import currency_of
from models.errors import InvalidInputError
from models.money import display, read_major, to_minor
from models.product import ProductStatus
from models.spreadsheet import FORMULA_PREFIXES
from models.typed_text import normalise, normalise_name

MAX_STOCK = 2**31 - 1
DECIMAL_COMMA = re.compile(r"^(\s*-?[0-9]+),([0-9]+\s*)$")
MAX_TAGS = 50


def read(
    columns: Iterable[str],
    cells: Iterable[str],
    *,
    comma: bool = False,
    defaults: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the values of a product: `price` in minor units, `tags` separated by semicolons.

    With `comma`, a price may have a decimal comma. `defaults` are the values of missing columns;
    None means DEFAULTS. Raises InvalidInputError for the first invalid cell.
    """
    values = dict(DEFAULTS if defaults is None else defaults)
    for column, cell in zip(columns, cells, strict=True):
        if comma and column == "price":
            cell = re.sub(DECIMAL_COMMA, r"\1.\2", cell)  # noqa: PLW2901  the same amount
        try:
            values[column] = READERS[column](cell)
        except ValueError as error:
            raise InvalidInputError(column, str(error)) from error
    if "price" not in values:
        return values
    try:
        values["price"] = _minor(values["price"], values["currency"])
    except ValueError as error:
        raise InvalidInputError("price", str(error)) from error
    return values


def as_columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Convert the values of `read` to the names and types of the table's columns."""
    columns = dict(values)
    if "image" in columns:
        columns["image_url"] = columns.pop("image")
    if "tags" in columns:
        columns["tags"] = [tag for tag in columns["tags"].split(";") if tag]
    return columns


def _minor(price: Decimal, currency: str) -> int:
    minor, maximum = to_minor(price, currency), currency_of(currency).maximum
    if minor > maximum:
        raise ValueError(f"is more than {display(maximum, currency)}")
    return minor


def _text(max_length: int, cell: str) -> str:
    for variant in (cell, cell.strip()):
        if variant.startswith(FORMULA_PREFIXES):
            raise ValueError(f"begins like a formula, with {variant[0]!r}")
    text = normalise(cell)
    if len(text) > max_length:
        raise ValueError(f"is longer than {max_length} characters")
    return text


def _required(max_length: int, cell: str) -> str:
    text = _text(max_length, cell)
    if not text:
        raise ValueError("is empty")
    return text


def _sku(cell: str) -> str:
    return normalise_name(_required(100, cell))


def _category(cell: str) -> str:
    return normalise_name(_text(100, cell)) or str(DEFAULTS["category"])


def _tags(cell: str) -> str:
    texts = (normalise_name(_text(100, tag)) for tag in cell.split(";"))
    tags = dict.fromkeys(filter(None, texts))
    if len(tags) > MAX_TAGS:
        raise ValueError(f"has more than {MAX_TAGS} tags")
    return ";".join(tags)


def _image(cell: str) -> str:
    text = _text(2000, cell)
    if text and not text.startswith(("/", "https://")):
        raise ValueError("begins neither with / nor with https://")
    return text


def _price(cell: str) -> Decimal:
    price = read_major(cell.strip())
    if price < 0:
        raise ValueError("is negative")
    return price


def _currency(cell: str) -> str:
    text = cell.strip()
    if not re.fullmatch(r"[A-Za-z]{3}", text):
        raise ValueError(f"{text[:40]!r} is not three letters such as usd")
    return currency_of(text).code


def _stock(cell: str) -> int:
    text = cell.strip()
    if not re.fullmatch(r"[0-9]{1,10}", text) or int(text) > MAX_STOCK:
        raise ValueError(f"{text[:40]!r} is not a whole number from 0 to {MAX_STOCK}")
    return int(text)


def _status(cell: str) -> ProductStatus:
    statuses = [status.value for status in ProductStatus]
    if cell.strip() not in statuses:
        raise ValueError(f"{cell.strip()[:40]!r} is none of {', '.join(statuses)}")
    return ProductStatus(cell.strip())


READERS: dict[str, Callable[[str], Any]] = {
    "sku": _sku,
    "name": partial(_required, 200),
    "description": partial(_text, 10_000),
    "category": _category,
    "tags": _tags,
    "image": _image,
    "price": _price,
    "currency": _currency,
    "stock": _stock,
    "status": _status,
}
COLUMNS = tuple(READERS)
REQUIRED = ("sku", "name", "price", "currency")
# Values of a new product for the columns that the file does not have.
DEFAULTS: dict[str, Any] = {
    "description": "",
    "category": "Other",
    "tags": "",
    "image": "",
    "stock": 0,
    "status": ProductStatus.AVAILABLE,
}
