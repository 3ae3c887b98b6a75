"""The file of a seed: a JSON array of products, each validated like the cells of an import."""

import json
from pathlib import Path
from typing import Any

from models.clock import now
from models.errors import InvalidInputError
from state_machines.catalogue_import.cells import REQUIRED, as_columns, read
from web.request import unique_names


def read_seed(path: Path) -> list[dict[str, Any]]:
    """Return the columns of the products in a file. Raises InvalidInputError."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=unique_names)
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(path.name, f"is not JSON: {error}") from error
    if not entries or not isinstance(entries, list):
        raise InvalidInputError(path.name, "is not an array of products")
    rows: dict[str, dict[str, Any]] = {}
    for number, entry in enumerate(entries, start=1):
        row = _read_row(f"product {number}", entry)
        if row["sku"] in rows:
            raise InvalidInputError(f"product {number}: sku", "is there more than once")
        rows[row["sku"]] = row
    return list(rows.values())


def _read_row(name: str, entry: Any) -> dict[str, Any]:
    try:
        # A null is the same as nothing.
        fields = dict.fromkeys(REQUIRED, "") | _as_cells(entry)
        values = read(fields, fields.values())
    except InvalidInputError as error:
        raise InvalidInputError(f"{name}: {error.field}", error.message) from error
    except (AttributeError, KeyError, TypeError) as error:
        raise InvalidInputError(name, f"is malformed: {error!r}") from error
    at = now()
    return as_columns(values) | {"created_at": at, "updated_at": at}


def _as_cells(entry: dict[str, Any]) -> dict[str, str]:
    """Return the fields of an entry as texts. Raises InvalidInputError for lists and the like."""
    cells = {}
    for field, value in entry.items():
        if field == "tags" and value is not None:
            if not isinstance(value, list) or not all(map(_is_tag, value)):
                raise InvalidInputError(field, "is not a list of texts without semicolons")
            cells[field] = ";".join(value)
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            cells[field] = str(value)
        elif value is not None:
            raise InvalidInputError(field, "is neither a text nor a number")
    return cells


def _is_tag(value: object) -> bool:
    return isinstance(value, str) and ";" not in value
