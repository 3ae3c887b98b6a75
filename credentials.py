"""Checks of secrets, keys and tokens' lifetimes: weak ones are refused at the start of a process.

No message shows a value or a part of one. production.py checks for missing ones.
"""

import base64
import binascii
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from config import Settings

MIN_SECRET_LENGTH = 32  # characters of CODE_SECRET
MIN_DISTINCT_CHARACTERS = 8  # of CODE_SECRET
ED25519_KEY_SIZE = 32  # bytes
# Seconds; the maximum of ACCESS_TOKEN_LIFETIME without ACCESS_TOKEN_LONG_LIVED.
MAX_SHORT_LIFETIME = 900
RATE_LIMITS = ("login_limit", "login_limit_per_address")
# The secret members of a JWK. Sources: RFC 7518 section 6, RFC 8037 section 2
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"})


def find_problems(settings: "Settings") -> list[str]:
    """Return all problems of the secrets that are set, each with the name of its variable."""
    return [
        *_check_code_secret(settings.code_secret),
        *_check_encryption_keys(settings.encryption_keys),
        *_check_private_key(settings.jwt_private_key),
        *(f"JWT_PUBLIC_KEYS {problem}" for problem in _check_public_keys(settings.jwt_public_keys)),
        *_check_webhook_key(settings.sendgrid_webhook_public_key),
        *_check_rate_limits(settings),
        *_check_lifetimes(settings),
    ]


def find_empty_limits(settings: "Settings") -> list[str]:
    """Return the names of the rate limits that are set to nothing."""
    return [name.upper() for name in RATE_LIMITS if not getattr(settings, name).strip()]


def _check_code_secret(secret: str) -> Iterator[str]:
    if secret and (len(secret) < MIN_SECRET_LENGTH or len(set(secret)) < MIN_DISTINCT_CHARACTERS):
        yield f"CODE_SECRET must be random and have at least {MIN_SECRET_LENGTH} characters"


def _check_encryption_keys(keys: tuple[str, ...]) -> Iterator[str]:
    from cryptography.fernet import Fernet

    for number, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError:
            yield f"ENCRYPTION_KEYS: number {number} of {len(keys)} is not a Fernet key"


def _check_private_key(pem: str) -> Iterator[str]:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        is_valid = not pem or isinstance(
            load_pem_private_key(pem.encode(), None), Ed25519PrivateKey
        )
    except (ValueError, TypeError, UnsupportedAlgorithm):
        is_valid = False
    if not is_valid:
        yield "JWT_PRIVATE_KEY is not an Ed25519 key in PEM without a password"


def _check_public_keys(text: str) -> Iterator[str]:
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
        problem = _find_key_problem(key)
        if problem:
            yield f"key {number} of {len(keys)} {problem}"
    names = [key.get("kid") for key in keys if isinstance(key, dict)]
    if len({str(name) for name in names}) < len(names):
        yield "has two keys with the same kid"


def _find_key_problem(key: Any) -> str | None:
    if not isinstance(key, dict):
        return "is not an object"
    if PRIVATE_MEMBERS & key.keys():
        return "has private members, but everybody can read this set: replace the key"
    if (key.get("kty"), key.get("crv")) != ("OKP", "Ed25519"):
        return "is not an Ed25519 key (RFC 8037)"
    if not (isinstance(key.get("kid"), str) and key["kid"]):
        return "has no kid"
    try:
        raw = base64.urlsafe_b64decode(str(key.get("x")).encode() + b"==")
    except (ValueError, binascii.Error):
        raw = b""
    return None if len(raw) == ED25519_KEY_SIZE else f"has no x of {ED25519_KEY_SIZE} bytes"


def _check_webhook_key(text: str) -> Iterator[str]:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(base64.b64decode(text, validate=True)) if text else None
        is_valid = key is None or isinstance(key, EllipticCurvePublicKey)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        is_valid = False
    if not is_valid:
        yield "SENDGRID_WEBHOOK_PUBLIC_KEY is not an elliptic curve key in base64"


def _check_rate_limits(settings: "Settings") -> Iterator[str]:
    from limits import parse_many

    for name in RATE_LIMITS:
        rates = getattr(settings, name)
        try:
            is_valid = not rates.strip() or all(rate.amount > 0 for rate in parse_many(rates))
        except ValueError:
            is_valid = False
        if not is_valid:
            yield f"{name.upper()} is not a list of rates such as 6/minute;30/hour"
    if settings.projectx_env == "production":
        yield from (
            f"{name} is empty, so there is no limit" for name in find_empty_limits(settings)
        )


def _check_lifetimes(settings: "Settings") -> Iterator[str]:
    lifetime = settings.access_token_lifetime
    if lifetime > MAX_SHORT_LIFETIME and not settings.access_token_long_lived:
        yield (
            f"ACCESS_TOKEN_LIFETIME is above {MAX_SHORT_LIFETIME} seconds: set it lower, or set"
            " ACCESS_TOKEN_LONG_LIVED=true for clients that never refresh their token"
        )
    if lifetime > settings.refresh_token_lifetime:
        yield "ACCESS_TOKEN_LIFETIME is above REFRESH_TOKEN_LIFETIME, which ends the session"
