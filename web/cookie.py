"""The refresh token's cookie: no script reads it, no other site sends it."""

from flask import Response, request

from config import settings
from models.errors import ForbiddenError

PRODUCTION = settings.projectx_env == "production"
# The prefix has browsers insist on Secure. `__Host-` would demand the path /.
NAME = "__Secure-refresh" if PRODUCTION else "refresh"
PATH = "/auth"


def give(response: Response, token: str) -> None:
    response.set_cookie(
        NAME,
        token,
        max_age=settings.refresh_token_lifetime,
        path=PATH,
        secure=PRODUCTION,
        httponly=True,
        samesite="Strict",
    )


def take_back(response: Response) -> None:
    response.delete_cookie(NAME, path=PATH, secure=PRODUCTION, httponly=True, samesite="Strict")


def read() -> str:
    """The token of this request, or "". Raises ForbiddenError when another site has sent it."""
    origin = request.headers.get("Origin")
    ours = (*settings.allowed_origins, request.host_url.rstrip("/"))
    if origin is not None and origin not in ours:
        raise ForbiddenError("Requests from that site are not taken")
    return request.cookies.get(NAME, "")
