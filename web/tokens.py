"""Access tokens (JWT), signed with Ed25519 by the auth service and verified by all services."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

import jwt

from config import settings
from models import User, UserSession
from models.clock import now
from models.errors import NotAuthenticatedError
from signing_keys import ALGORITHM, ISSUER, public_keys, signing_key

AUDIENCE = "projectx-api"
TYPE = "at+jwt"  # Source: RFC 9068, section 2.1
REQUIRED_CLAIMS = ["iss", "aud", "sub", "sid", "roles", "iat", "exp", "jti"]


@dataclass(frozen=True, slots=True)
class Caller:
    """The user and session that an access token names."""

    user_id: UUID
    session_id: UUID
    roles: tuple[str, ...]
    authenticated_at: datetime
    # Authentication methods (RFC 8176).
    methods: tuple[str, ...]


def issue(user: User, session: UserSession) -> str:
    """Issue an access token, valid for `settings.access_token_lifetime` seconds."""
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
    """Return the seconds that a token issued now is useful. None outlives its session."""
    left = int((session.expires_at - now()).total_seconds())
    return max(0, min(settings.access_token_lifetime, left))


def verify(token: str) -> Caller:
    """Verify a token and return its caller. Raises NotAuthenticatedError.

    The session is not checked.
    """
    caller, ends_at = _read(token)
    if ends_at <= now():
        raise NotAuthenticatedError("The access token has expired")
    return caller


# A customer sends one token with many requests, and a signature stays what it is.
@lru_cache(maxsize=1024)
def _read(token: str) -> tuple[Caller, datetime]:
    """Verify the signature and the claims of a token. Return its caller, and when it expires."""
    try:
        header = jwt.get_unverified_header(token)
        if header.get("typ") != TYPE:
            raise NotAuthenticatedError("This is not an access token")
        key = public_keys()[header["kid"]]
        # The application's clock decides whether it has expired.
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": REQUIRED_CLAIMS, "verify_exp": False, "verify_iat": False},
        )
        caller = Caller(
            UUID(_read_text(claims["sub"])),
            UUID(_read_text(claims["sid"])),
            _read_texts(claims["roles"]),
            # Tokens of earlier versions lack these two claims.
            _read_time(claims.get("auth_time", 0)),
            _read_texts(claims.get("amr", [])),
        )
        return caller, _read_time(claims["exp"])
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise NotAuthenticatedError("The access token is not valid") from error


def _read_text(claim: Any) -> str:
    """Return a claim that is a string. Raises TypeError for any other."""
    if not isinstance(claim, str):
        raise TypeError(f"{claim!r:.40} is not a string")
    return claim


def _read_texts(claim: Any) -> tuple[str, ...]:
    """Return a claim that is a list of strings. Raises TypeError for any other."""
    if not isinstance(claim, list):
        raise TypeError(f"{claim!r:.40} is not a list")
    return tuple(map(_read_text, claim))


def _read_time(claim: Any) -> datetime:
    """Return the time of a claim in seconds since 1970, with or without decimals.

    Raises TypeError, and ValueError for a number out of range. Source: RFC 7519, section 2
    """
    if not isinstance(claim, int | float) or isinstance(claim, bool):
        raise TypeError(f"{claim!r:.40} is not a number")
    try:
        return datetime.fromtimestamp(claim, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("is out of range") from error
