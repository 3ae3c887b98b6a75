"""The cookie by which a browser is known again when it signs in: it asked for a code, or has signed
in before. It opens nothing; others' wrong codes do not count against it.
"""

import hashlib
import hmac
import re
import secrets

from flask import Response, request

from config import settings
from web.cookie import PATH, PRODUCTION

NAME = "__Secure-browser" if PRODUCTION else "browser"
COOKIE = re.compile(r"([A-Za-z0-9_-]{32})\.([0-9a-f]{64})")
# Browsers keep no cookie for longer. Source: draft-ietf-httpbis-rfc6265bis, section 5.5
MAX_AGE = 400 * 24 * 3600  # seconds


def read() -> str | None:
    """Return the token of this browser, or None. One that we have not signed is none."""
    parts = COOKIE.fullmatch(request.cookies.get(NAME, ""))
    if parts is None or not hmac.compare_digest(_sign(parts[1]), parts[2]):
        return None
    return parts[1]


def read_or_make() -> str:
    """Return the token of this browser, a new one if it has none."""
    return read() or secrets.token_urlsafe(24)


def remember(response: Response, token: str) -> None:
    """Have the browser keep its token."""
    response.set_cookie(
        NAME,
        f"{token}.{_sign(token)}",
        max_age=MAX_AGE,
        path=PATH,
        secure=PRODUCTION,
        httponly=True,
        samesite="Strict",
    )


def hash_of(token: str) -> str:
    # The token has 192 random bits: no salt and no slow hash needed.
    return hashlib.sha256(token.encode()).hexdigest()


def _sign(token: str) -> str:
    key = settings.code_secret.encode()
    return hmac.new(key, f"browser.{token}".encode(), hashlib.sha256).hexdigest()
