"""Text that PostgreSQL can store: the one place that makes it so, whatever another system sent.

Its text has no NUL and no half of a surrogate pair; its JSON neither, and no number that is none.
Both are replaced, so that a message with one of them is kept like every other. Customers' text is
judged before it comes here: models/typed_text.py.

Source: https://www.postgresql.org/docs/current/datatype-json.html
"""

import json
import math
import re
from hashlib import sha256
from typing import Any

from psycopg2.extensions import QuotedString, register_adapter

REPLACEMENT = "\ufffd"  # Unicode's own sign for a character that could not be kept
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# In what `json.dumps` writes: those characters, NaN and the infinities.
SUSPECT = re.compile(r"\\u0000|\\u[dD][89abAB]|NaN|Infinity")
# Levels of lists and objects. PostgreSQL's own limit depends on its stack.
DEEPEST = 100
# Characters of a key that an index takes in whole; its rows end at 2,700 bytes.
LONGEST_KEY = 255


def storable(text: str) -> str:
    """The same text, with a replacement for each character that cannot be stored."""
    return text if text.isascii() and "\x00" not in text else UNSTORABLE.sub(REPLACEMENT, text)


def storable_key(text: str) -> str:
    """Another system's id: storable, and short enough for an index. One that had to be changed ends
    in its hash, so that two of them stay two.
    """
    kept = storable(text)
    if kept == text and len(kept) <= LONGEST_KEY:
        return text
    digest = sha256(text.encode(errors="surrogatepass")).hexdigest()
    return f"{kept[: LONGEST_KEY - len(digest) - 1]} {digest}"


def storable_json(value: Any) -> Any:
    """The same JSON value as JSONB can store it: text and keys are storable, numbers that are none
    become their names, and what lies deeper than DEEPEST levels becomes a replacement.
    """
    return _storable(value, DEEPEST)


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
        # Too deep, or a circle.
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
    """Have every text that goes to the database made storable on its way, also those in arrays and
    in plain SQL: so no column can be forgotten.
    """
    register_adapter(str, _adapt)
