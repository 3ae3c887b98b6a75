"""Values of columns as JSON, for views that show any table."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from web.schemas.base import in_utc

# States are texts, too.
CONVERSIONS: dict[type, Callable[[Any], Any]] = {
    Enum: lambda value: value.value,
    datetime: in_utc,
    UUID: str,
    Decimal: str,
}


def json_ready(value: Any) -> Any:
    """Return a value of a column as JSON; what JSON has no type for becomes text."""
    if isinstance(value, dict):
        return {str(key): json_ready(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_ready(item) for item in value]
    for kind, convert in CONVERSIONS.items():
        if isinstance(value, kind):
            return convert(value)
    return value if value is None or isinstance(value, bool | int | float | str) else "(binary)"
