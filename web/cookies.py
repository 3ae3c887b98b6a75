"""Cookies: the refresh token, and the token that recognises a browser when it signs in.

The browser's token grants no access. It keeps other people's wrong codes from counting against the
browser that requested a code or has signed in before.
"""

import hashlib
import hmac
import re
import secrets

from flask import Response, request

from config import settings
from models.errors import ForbiddenError

IS_PRODUCTION = settings.projectx_env == "production"
# Browsers accept the prefix only with Secure. `__Host-` would require the path /.
PREFIX = "__Secure-" if IS_PRODUCTION else ""
REFRESH_COOKIE = f"{PREFIX}refresh"
BROWSER_COOKIE = f"{PREFIX}browser"
PATH = "/auth"
SIGNED_TOKEN = re.compile(r"([A-Za-z0-9_-]{32})\.([0-9a-f]{64})")
# Browsers keep cookies no longer. Source: draft-ietf-httpbis-rfc6265bis, section 5.5
MAX_BROWSER_COOKIE_AGE = 400 * 24 * 3600  # seconds


def set_refresh_token(response: Response, token: str) -> None:
    """Set the cookie with the refresh token. Scripts and other sites cannot use it."""
    _set(response, REFRESH_COOKIE, token, max_age=settings.refresh_token_lifetime)


def delete_refresh_token(response: Response) -> None:
    """Delete the cookie with the refresh token."""
    response.delete_cookie(
        REFRESH_COOKIE, path=PATH, secure=IS_PRODUCTION, httponly=True, samesite="Strict"
    )


def read_refresh_token() -> str:
    """Return the refresh token of this request, or "".

    Raises ForbiddenError when another site has sent it.
    """
    origin = request.headers.get("Origin")
    allowed = (*settings.allowed_origins, request.host_url.rstrip("/"))
    if origin is not None and origin not in allowed:
        raise ForbiddenError("Requests from this origin are not allowed")
    return request.cookies.get(REFRESH_COOKIE, "")


def set_browser_token(response: Response, token: str) -> None:
    """Set the cookie with the browser's token and our signature."""
    signed = f"{token}.{_sign(token)}"
    _set(response, BROWSER_COOKIE, signed, max_age=MAX_BROWSER_COOKIE_AGE)


def read_browser_token() -> str | None:
    """Return the browser's token, or None when it is missing or not signed by us."""
    parts = SIGNED_TOKEN.fullmatch(request.cookies.get(BROWSER_COOKIE, ""))
    if parts is None or not hmac.compare_digest(_sign(parts[1]), parts[2]):
        return None
    return parts[1]


def get_or_create_browser_token() -> str:
    """Return the browser's token, or a new one."""
    return read_browser_token() or secrets.token_urlsafe(24)


def hash_browser_token(token: str) -> str:
    """Return the hash under which the browser's token is stored."""
    # The token has 192 random bits, so that no salt and no slow hash is needed.
    return hashlib.sha256(token.encode()).hexdigest()


def _set(response: Response, name: str, value: str, *, max_age: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        path=PATH,
        secure=IS_PRODUCTION,
        httponly=True,
        samesite="Strict",
    )


def _sign(token: str) -> str:
    key = settings.code_secret.encode()
    return hmac.new(key, f"browser.{token}".encode(), hashlib.sha256).hexdigest()
