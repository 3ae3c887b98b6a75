"""Conversion of text and JSON of other systems to what PostgreSQL can store.

PostgreSQL's text and JSON have no NUL and no lone surrogate, and its JSON no NaN or infinity. They
are replaced, so that such an event is stored like any other. Text of customers is validated first:
models/typed_text.py.

Source: https://www.postgresql.org/docs/current/datatype-json.html
"""

import json
import math
import re
from hashlib import sha256
from typing import Any

from psycopg2.extensions import QuotedString, register_adapter

REPLACEMENT = "\ufffd"  # Unicode's REPLACEMENT CHARACTER
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# In what `json.dumps` writes: those characters, NaN and the infinities.
SUSPECT = re.compile(r"\\u0000|\\u[dD][89abAB]|NaN|Infinity")
# Levels of lists and objects. PostgreSQL's own limit depends on its stack.
MAX_DEPTH = 100
# Characters. A row of an index has at most 2,700 bytes.
MAX_KEY_LENGTH = 255


def storable(text: str) -> str:
    """Return the text with a replacement for each character that cannot be stored."""
    return text if text.isascii() and "\x00" not in text else UNSTORABLE.sub(REPLACEMENT, text)


def storable_key(text: str) -> str:
    """Return an id of another system, storable and short enough for an index.

    A changed id ends in the hash of the original, so that different ids stay different.
    """
    clean = storable(text)
    if clean == text and len(clean) <= MAX_KEY_LENGTH:
        return text
    digest = sha256(text.encode(errors="surrogatepass")).hexdigest()
    return f"{clean[: MAX_KEY_LENGTH - len(digest) - 1]} {digest}"


def storable_json(value: Any) -> Any:
    """Return the JSON value as JSONB can store it.

    Text and keys become storable, NaN and infinities become text, and values below MAX_DEPTH levels
    become a replacement.
    """
    return _storable(value, MAX_DEPTH)


def parse(body: bytes | str) -> Any:
    """Read JSON. An integer of more digits than Python reads becomes a float. Raises ValueError."""
    try:
        return json.loads(body, parse_int=_integer)
    except RecursionError as nested:
        raise ValueError("nested too deeply") from nested


def dump_json(value: Any) -> str:
    """Write JSON that PostgreSQL can store. The database's connections use it for every value."""
    try:
        plain = json.dumps(value)
    except (RecursionError, ValueError):
        # Nested too deeply, or circular.
        return json.dumps(storable_json(value))
    return json.dumps(storable_json(value)) if SUSPECT.search(plain) else plain


def _storable(value: Any, levels: int) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dict | list | tuple) and not levels:
        return REPLACEMENT
    if isinstance(value, dict):
        return {
            storable(key) if isinstance(key, str) else key: _storable(item, levels - 1)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_storable(item, levels - 1) for item in value]
    return value


def _integer(digits: str) -> int | float:
    try:
        return int(digits)
    except ValueError:
        return float(digits)


def _adapt(text: str) -> QuotedString:
    return QuotedString(storable(text))


def register() -> None:
    """Make psycopg2 convert every text on its way to the database, in arrays and plain SQL too."""
    register_adapter(str, _adapt)
