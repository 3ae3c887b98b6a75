"""The Ed25519 keys that sign access tokens and tickets, and the public keys that verify them.

Several public keys may be valid at once, so that replacing a key signs nobody out.
"""

import json
from functools import cache
from typing import Any

import jwt

from config import settings
from settings_error import SettingsError

ISSUER = "projectx"
ALGORITHM = "EdDSA"
# Sources: RFC 7517 section 4, RFC 8037 section 2
PUBLIC_MEMBERS = ("kty", "crv", "x", "kid", "alg", "use")


def public_key_set() -> dict[str, Any]:
    """Return the public keys as a JWKS, with nothing but the members of public keys."""
    key_set: dict[str, Any] = json.loads(settings.jwt_public_keys or '{"keys": []}')
    return {
        "keys": [
            {name: key[name] for name in PUBLIC_MEMBERS if name in key} for key in key_set["keys"]
        ]
    }


@cache
def public_keys() -> dict[str, Any]:
    """Return the public keys by their ids."""
    return {key["kid"]: jwt.PyJWK(key, ALGORITHM) for key in public_key_set()["keys"]}


@cache
def signing_key() -> tuple[Any, str]:
    """Return the private key and the id of its published public key.

    Raises SettingsError when it is not set, or when its public key is not published.
    """
    if not settings.jwt_private_key:
        raise SettingsError("JWT_PRIVATE_KEY is not set: the auth service signs with it")
    algorithm = jwt.get_algorithm_by_name(ALGORITHM)
    private = algorithm.prepare_key(settings.jwt_private_key)
    public = json.loads(algorithm.to_jwk(private.public_key()))["x"]
    for key in public_key_set()["keys"]:
        if key["x"] == public:
            return private, key["kid"]
    raise SettingsError("JWT_PUBLIC_KEYS does not contain the public key of JWT_PRIVATE_KEY")
