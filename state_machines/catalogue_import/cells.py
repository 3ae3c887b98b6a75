"""The cells of a line of products: what each of them may be."""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from models.currency import currency_of
from models.errors import InvalidInputError
from models.money import display, to_minor
from models.product import ProductStatus
from models.typed_text import normalise, normalise_name

LARGEST = 2**31 - 1
DECIMAL_COMMA = re.compile(r"^(\s*-?[0-9]+),([0-9]+\s*)$")
TAGS = 50
# A spreadsheet that opens what we export would run such a text, also in its wide forms.
# Source: https://owasp.org/www-community/attacks/CSV_Injection
FORMULA = tuple("=+-@\t\r\n\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}"
                "\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip


def read(
    columns: Iterable[str],
    cells: Iterable[str],
    *,
    comma: bool = False,
    defaults: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the values of a product: `price` in minor units, `tags` with a semicolon between
    them. With `comma`, a price may have a comma before its decimals. `defaults` are the values of
    the columns that are not there, DEFAULTS when it is None.

    Raises InvalidInputError for the first cell that is wrong.
    """
    values = dict(DEFAULTS if defaults is None else defaults)
    for column, cell in zip(columns, cells, strict=True):
        if comma and column == "price":
            cell = re.sub(DECIMAL_COMMA, r"\1.\2", cell)  # noqa: PLW2901  the same amount
        try:
            values[column] = READERS[column](cell)
        except ValueError as wrong:
            raise InvalidInputError(column, str(wrong)) from wrong
    if "price" not in values:
        return values
    try:
        values["price"] = _minor(values["price"], values["currency"])
    except ValueError as wrong:
        raise InvalidInputError("price", str(wrong)) from wrong
    return values


def as_columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `read` returned by the names and types of the table's columns."""
    columns = dict(values)
    if "image" in columns:
        columns["image_url"] = columns.pop("image")
    if "tags" in columns:
        columns["tags"] = [tag for tag in columns["tags"].split(";") if tag]
    return columns


def _minor(price: Decimal, currency: str) -> int:
    minor, known = to_minor(price, currency), currency_of(currency)
    if minor > known.maximum:
        raise ValueError(f"is over {display(known.maximum, currency)}")
    return minor


def _text(longest: int, cell: str) -> str:
    for begun in (cell, cell.strip()):
        if begun.startswith(FORMULA):
            raise ValueError(f"begins like a formula, with {begun[0]!r}")
    text = normalise(cell)
    if len(text) > longest:
        raise ValueError(f"is longer than {longest} characters")
    return text


def _needed(longest: int, cell: str) -> str:
    text = _text(longest, cell)
    if not text:
        raise ValueError("is empty")
    return text


def _sku(cell: str) -> str:
    return normalise_name(_needed(100, cell))


def _category(cell: str) -> str:
    return normalise_name(_text(100, cell)) or str(DEFAULTS["category"])


def _tags(cell: str) -> str:
    texts = (normalise_name(_text(100, tag)) for tag in cell.split(";"))
    tags = dict.fromkeys(filter(None, texts))
    if len(tags) > TAGS:
        raise ValueError(f"are more than {TAGS}")
    return ";".join(tags)


def _image(cell: str) -> str:
    text = _text(2000, cell)
    if text and not text.startswith(("/", "https://")):
        raise ValueError("begins neither with / nor with https://")
    return text


def _price(cell: str) -> Decimal:
    text = cell.strip()
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,12})?", text):
        raise ValueError(f"{text[:40]!r} is not an amount such as 12.50")
    price = Decimal(text)
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
    if not re.fullmatch(r"[0-9]{1,10}", text) or int(text) > LARGEST:
        raise ValueError(f"{text[:40]!r} is not a whole number from 0 to {LARGEST}")
    return int(text)


def _status(cell: str) -> ProductStatus:
    known = [status.value for status in ProductStatus]
    if cell.strip() not in known:
        raise ValueError(f"{cell.strip()[:40]!r} is none of {', '.join(known)}")
    return ProductStatus(cell.strip())


READERS: dict[str, Callable[[str], Any]] = {
    "sku": _sku,
    "name": partial(_needed, 200),
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
# What a new product gets where the file has no such column.
DEFAULTS: dict[str, Any] = {
    "description": "",
    "category": "Other",
    "tags": "",
    "image": "",
    "stock": 0,
    "status": ProductStatus.AVAILABLE,
}
