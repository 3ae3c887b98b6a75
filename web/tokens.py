"""Access tokens: signed with Ed25519 by the auth service, verified with public keys by all.

Several public keys may be valid at once, so that a key can be replaced without signing anybody out.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import jwt

from config import settings
from models import User, UserSession
from models.clock import now
from models.errors import NotAuthenticatedError

ISSUER = "projectx"
AUDIENCE = "projectx-api"
TYPE = "at+jwt"  # Source: RFC 9068, section 2.1
ALGORITHM = "EdDSA"
# Sources: RFC 7517 section 4, RFC 8037 section 2
PUBLIC = ("kty", "crv", "x", "kid", "alg", "use")
CLAIMS = ["iss", "aud", "sub", "sid", "roles", "iat", "exp", "jti"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a token speaks for, and in which of their sessions."""

    user_id: UUID
    session_id: UUID
    roles: tuple[str, ...]
    # When they last proved who they are, and by which methods (RFC 8176).
    authenticated_at: datetime
    methods: tuple[str, ...]


def issue(user: User, session: UserSession) -> str:
    """A token for `settings.access_token_lifetime` seconds."""
    at = now()
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(user.id),
        "sid": str(session.id),
        "roles": user.roles,
        "iat": at,
        "exp": at + timedelta(seconds=settings.access_token_lifetime),
        "jti": uuid4().hex,
        # Source: RFC 9068, section 2.2.1
        "auth_time": int(session.authenticated_at.timestamp()),
        "amr": session.methods,
    }
    private, key_id = signing_key()
    return jwt.encode(claims, private, ALGORITHM, headers={"kid": key_id, "typ": TYPE})


def lifetime(session: UserSession) -> int:
    """Seconds for which a token that is issued now opens something: none outlives its session."""
    left = int((session.expires_at - now()).total_seconds())
    return max(0, min(settings.access_token_lifetime, left))


def verify(token: str) -> Caller:
    """Raises NotAuthenticatedError unless the token is ours, for us, and alive."""
    try:
        header = jwt.get_unverified_header(token)
        if header.get("typ") != TYPE:
            raise NotAuthenticatedError("This is not an access token")
        key = _public_keys()[header["kid"]]
        # Expiry is checked below, by the clock that everything here goes by.
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": CLAIMS, "verify_exp": False, "verify_iat": False},
        )
        if _read_time(claims["exp"]) <= now():
            raise NotAuthenticatedError("The access token has expired")
        return Caller(
            UUID(_read_text(claims["sub"])),
            UUID(_read_text(claims["sid"])),
            _read_texts(claims["roles"]),
            # Tokens of earlier versions do not say.
            _read_time(claims.get("auth_time", 0)),
            _read_texts(claims.get("amr", [])),
        )
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, RecursionError) as wrong:
        raise NotAuthenticatedError("The access token is not valid") from wrong


def _read_text(claim: Any) -> str:
    """Raises TypeError."""
    if not isinstance(claim, str):
        raise TypeError(f"{claim!r:.40} is no text")
    return claim


def _read_texts(claim: Any) -> tuple[str, ...]:
    """Raises TypeError."""
    if not isinstance(claim, list):
        raise TypeError(f"{claim!r:.40} is no list")
    return tuple(map(_read_text, claim))


def _read_time(claim: Any) -> datetime:
    """Read seconds since 1970, which may have decimals (RFC 7519, section 2).

    Raises TypeError, and ValueError for a number that is no time.
    """
    if not isinstance(claim, int | float) or isinstance(claim, bool):
        raise TypeError(f"{claim!r:.40} is no number")
    try:
        return datetime.fromtimestamp(claim, UTC)
    except (OverflowError, OSError) as wrong:
        raise ValueError("is no time") from wrong


def public_key_set() -> dict[str, Any]:
    """The public keys, as JWKS: of each key nothing but what a public one has."""
    key_set: dict[str, Any] = json.loads(settings.jwt_public_keys or '{"keys": []}')
    return {
        "keys": [{name: key[name] for name in PUBLIC if name in key} for key in key_set["keys"]]
    }


@cache
def signing_key() -> tuple[Any, str]:
    """The private key and the id under which its public half is published.

    Raises RuntimeError when there is none, or when nobody could verify what it signs.
    """
    if not settings.jwt_private_key:
        raise RuntimeError("JWT_PRIVATE_KEY is not set: the auth service signs with it")
    algorithm = jwt.get_algorithm_by_name(ALGORITHM)
    private = algorithm.prepare_key(settings.jwt_private_key)
    mine = json.loads(algorithm.to_jwk(private.public_key()))["x"]
    for key in public_key_set()["keys"]:
        if key["x"] == mine:
            return private, key["kid"]
    raise RuntimeError("JWT_PUBLIC_KEYS does not have the public half of JWT_PRIVATE_KEY")


@cache
def _public_keys() -> dict[str, Any]:
    return {key["kid"]: jwt.PyJWK(key, ALGORITHM) for key in public_key_set()["keys"]}
