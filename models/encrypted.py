"""Columns whose text or JSON is encrypted at rest.

The database keeps a text: PREFIX, and after it a Fernet token. The first of ENCRYPTION_KEYS
encrypts, each of them decrypts. Plain values that were written before a column was encrypted stay
readable until `flask encryption rotate` has rewritten them. A value that no key decrypts reads as
UNREADABLE: one lost key must not stop the shop.
"""

import json
import logging
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from models.secret import encryption_keys

log = logging.getLogger(__name__)

PREFIX = "enc:1:"
UNREADABLE = "(unreadable: no key decrypts it)"
UNREADABLE_JSON = {"unreadable": "no key decrypts it"}


def encrypt(text: str) -> str:
    """Return `text` as the database keeps it. Raises RuntimeError without ENCRYPTION_KEYS."""
    return PREFIX + encryption_keys().encrypt(text.encode("utf-8", "surrogatepass")).decode()


def decrypt(stored: str) -> str | None:
    """Return the text of a stored value, or None when no key decrypts it."""
    if not stored.startswith(PREFIX):
        return stored
    try:
        token = stored.removeprefix(PREFIX).encode()
        return encryption_keys().decrypt(token).decode("utf-8", "surrogatepass")
    except InvalidToken:
        log.warning("an encrypted value is unreadable: no key of ENCRYPTION_KEYS decrypts it")
        return None


class EncryptedText(TypeDecorator[str]):
    """Text, encrypted at rest. An empty text stays empty: it hides nothing."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return encrypt(value) if value else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        if not value:
            return value
        text = decrypt(value)
        return UNREADABLE if text is None else text


class EncryptedJson(TypeDecorator[Any]):
    """A JSON object, encrypted at rest: in the JSONB column it is one JSON string."""

    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else encrypt(json.dumps(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        if not isinstance(value, str):
            return value
        text = decrypt(value)
        return UNREADABLE_JSON if text is None else json.loads(text)
