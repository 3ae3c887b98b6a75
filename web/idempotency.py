"""The header `Idempotency-Key`: a quoted string (draft-07 of the IETF), or a bare word."""

import hashlib
import re

from flask import request
from werkzeug.exceptions import BadRequest

from models.idempotency import FIELD
from models.typed_text import has_card_number

QUOTED = re.compile(r'"([\x20-\x21\x23-\x5b\x5d-\x7e]{1,255})"')
# Many clients send the key without the quotes.
BARE = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,255}")


def read_key() -> str | None:
    """Return the request's key, or None. Raises BadRequest when it is malformed."""
    header = request.headers.get(FIELD)
    if header is None:
        return None
    quoted = QUOTED.fullmatch(header.strip())
    key = quoted[1] if quoted else header.strip()
    if not (quoted or BARE.fullmatch(key)) or has_card_number(key):
        raise BadRequest(f"{FIELD} must be a string of 1 to 255 characters in quotes")
    return key


def derive_reference(key: str) -> str:
    """Return the reference of an order that was placed with a key and without a reference."""
    return f"key-{hashlib.sha256(key.encode()).hexdigest()[:32]}"
