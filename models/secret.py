"""A column whose text is encrypted at rest, with keys that can be rotated."""

from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

# ENCRYPTION_KEYS: models/__init__.py adds them.
keys: list[str] = []


@cache
def _ciphers(ordered_keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in ordered_keys])


def encryption_keys() -> MultiFernet:
    """Return ENCRYPTION_KEYS. Raises RuntimeError when there are none."""
    if not keys:
        raise RuntimeError("ENCRYPTION_KEYS is not set")
    return _ciphers(tuple(keys))


class UnreadableSecretError(ValueError):
    """No key of ENCRYPTION_KEYS opens a secret."""


def decrypt(value: bytes | None) -> str | None:
    """Return the text of a stored secret. Raises UnreadableSecretError when no key opens it."""
    try:
        return None if value is None else encryption_keys().decrypt(bytes(value)).decode()
    except InvalidToken as error:
        raise UnreadableSecretError("no key of ENCRYPTION_KEYS opens the secret") from error


class Secret(TypeDecorator[str]):
    """Text, encrypted with the first of ENCRYPTION_KEYS, readable with any of them."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        return None if value is None else encryption_keys().encrypt(value.encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return decrypt(value)
