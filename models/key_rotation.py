"""The rotation of encryption keys: it encrypts values again, so that older keys can be removed.

Every column of an encrypted type is visited, so that a new one cannot be forgotten. Rows are read
and rewritten in short transactions; a value that changed meanwhile is left to the next run.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Column, Table, tuple_, type_coerce, update

from config import settings
from models.base import Base, db, transaction
from models.encrypted import PREFIX, EncryptedJson, EncryptedText, encrypt
from models.secret import Secret, encryption_keys

BATCH_SIZE = 500


@dataclass
class Rotation:
    """The result for one column. `unreadable` values were not changed: no key opens them."""

    table: str
    column: str
    values: int = 0
    rewritten: int = 0
    unreadable: int = 0


def rotate(*, check: bool = False) -> Iterator[Rotation]:
    """Rewrite every value that is plain or under an older key; with `check`, only count them.

    Yields the counts of each encrypted column. It can run while the system is up, and repeatedly.
    """
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, (EncryptedText, EncryptedJson, Secret)):
                yield _rotate_column(table, column, check=check)


def _rotate_column(table: Table, column: Column[Any], *, check: bool) -> Rotation:
    result = Rotation(table.name, column.name)
    key = list(table.primary_key.columns)
    raw = type_coerce(column, column.type.impl_instance)  # type: ignore[attr-defined]
    query = db.select(*key, raw.label("stored")).where(column.is_not(None)).order_by(*key)
    last: tuple[Any, ...] | None = None
    while True:
        page = query.limit(BATCH_SIZE)
        if last is not None:
            page = page.where(tuple_(*key) > tuple_(*last))
        with transaction() as session:
            rows = session.execute(page).all()
            for *row_key, stored in rows:
                fresh = _renew(stored, result)
                if fresh is not None and not check:
                    conditions = [part == value for part, value in zip(key, row_key, strict=True)]
                    session.execute(
                        update(table)
                        .where(*conditions, raw == type_coerce(stored, raw.type))
                        .values({column: type_coerce(fresh, raw.type)})
                    )
        if len(rows) < BATCH_SIZE:
            return result
        last = tuple(rows[-1][:-1])


def _renew(stored: Any, result: Rotation) -> Any:
    """Return the value under the first key, or None when it can stay as it is."""
    if stored in ("", b""):
        return None
    result.values += 1
    token = _token(stored)
    if token is not None and _is_current(token):
        return None
    try:
        fresh = _encrypt_plain(stored) if token is None else _reencrypt(stored, token)
    except InvalidToken:
        result.unreadable += 1
        return None
    result.rewritten += 1
    return fresh


def _token(stored: Any) -> bytes | None:
    """Return the Fernet token of a stored value, or None when it is plain."""
    if isinstance(stored, (bytes, memoryview)):
        return bytes(stored)
    if isinstance(stored, str) and stored.startswith(PREFIX):
        return stored.removeprefix(PREFIX).encode()
    return None


def _is_current(token: bytes) -> bool:
    try:
        Fernet(settings.encryption_keys[0]).decrypt(token)
    except InvalidToken:
        return False
    return True


def _reencrypt(stored: Any, token: bytes) -> Any:
    fresh = encryption_keys().rotate(token)
    return PREFIX + fresh.decode() if isinstance(stored, str) else fresh


def _encrypt_plain(stored: Any) -> str:
    return encrypt(stored if isinstance(stored, str) else json.dumps(stored))
