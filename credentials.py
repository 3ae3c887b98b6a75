"""Secrets and keys that are malformed or weak: noticed at the start, not when they are used.

No complaint shows a value, or a part of one. What is unset is another matter (production.py).
"""

import base64
import binascii
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from config import Settings

SHORTEST = 32  # characters of CODE_SECRET
FEWEST = 8  # different ones among them
KEY_BYTES = 32  # of Ed25519
LIMITS = ("login_limit", "login_limit_per_address")
# The members of a JWK that are secret. Sources: RFC 7518 section 6, RFC 8037 section 2
PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"})


def complaints(settings: "Settings") -> list[str]:
    """All that is wrong with those that are set, each with the name of its variable."""
    return [
        *_of_code_secret(settings.code_secret),
        *_of_encryption_keys(settings.encryption_keys),
        *_of_private_key(settings.jwt_private_key),
        *(f"JWT_PUBLIC_KEYS {wrong}" for wrong in _of_public_keys(settings.jwt_public_keys)),
        *_of_webhook_key(settings.sendgrid_webhook_public_key),
        *_of_limits(settings),
    ]


def empty_limits(settings: "Settings") -> list[str]:
    """The variables of the limits that are set to nothing."""
    return [name.upper() for name in LIMITS if not getattr(settings, name).strip()]


def _of_code_secret(secret: str) -> Iterator[str]:
    if secret and (len(secret) < SHORTEST or len(set(secret)) < FEWEST):
        yield f"CODE_SECRET must be random and have at least {SHORTEST} characters"


def _of_encryption_keys(keys: tuple[str, ...]) -> Iterator[str]:
    from cryptography.fernet import Fernet

    for number, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError:
            yield f"ENCRYPTION_KEYS: number {number} of {len(keys)} is not a Fernet key"


def _of_private_key(pem: str) -> Iterator[str]:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        fits = not pem or isinstance(load_pem_private_key(pem.encode(), None), Ed25519PrivateKey)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        fits = False
    if not fits:
        yield "JWT_PRIVATE_KEY is not an Ed25519 key in PEM without a password"


def _of_public_keys(text: str) -> Iterator[str]:
    if not text:
        return
    try:
        key_set = json.loads(text)
    except (ValueError, RecursionError):
        key_set = None
    keys = key_set.get("keys") if isinstance(key_set, dict) else None
    if not isinstance(keys, list) or not keys:
        yield 'is not a JSON Web Key Set: {"keys": [...]}'
        return
    for number, key in enumerate(keys, start=1):
        wrong = _wrong_with(key)
        if wrong:
            yield f"key {number} of {len(keys)} {wrong}"
    names = [key.get("kid") for key in keys if isinstance(key, dict)]
    if len({str(name) for name in names}) < len(names):
        yield "has two keys of one kid"


def _wrong_with(key: Any) -> str | None:
    if not isinstance(key, dict):
        return "is not an object"
    if PRIVATE & key.keys():
        return "has private members: everybody can read this set. Replace the key"
    if (key.get("kty"), key.get("crv")) != ("OKP", "Ed25519"):
        return "is not an Ed25519 key (RFC 8037)"
    if not (isinstance(key.get("kid"), str) and key["kid"]):
        return "has no kid"
    try:
        raw = base64.urlsafe_b64decode(str(key.get("x")).encode() + b"==")
    except (ValueError, binascii.Error):
        raw = b""
    return None if len(raw) == KEY_BYTES else f"has no x of {KEY_BYTES} bytes"


def _of_webhook_key(text: str) -> Iterator[str]:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(base64.b64decode(text, validate=True)) if text else None
        fits = key is None or isinstance(key, EllipticCurvePublicKey)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        fits = False
    if not fits:
        yield "SENDGRID_WEBHOOK_PUBLIC_KEY is not an elliptic curve key in base64"


def _of_limits(settings: "Settings") -> Iterator[str]:
    from limits import parse_many

    for name in LIMITS:
        rates = getattr(settings, name)
        try:
            fits = not rates.strip() or all(rate.amount > 0 for rate in parse_many(rates))
        except ValueError:
            fits = False
        if not fits:
            yield f"{name.upper()} is not a list of rates such as 6/minute;30/hour"
    if settings.projectx_env == "production":
        yield from (f"{name} is empty, which is no limit at all" for name in empty_limits(settings))
