"""How often one may knock: per e-mail address and per client, counted in Redis, all services
together. Without Redis each process counts for itself.
"""

from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from config import settings
from models.clock import now
from web.bell import NO_RETRY

OPTIONS: Any = {
    "socket_connect_timeout": 0.2,
    "socket_timeout": 0.5,
    "retry": NO_RETRY,
    "key_prefix": "projectx:limit",
}
limiter = Limiter(
    key_func=get_remote_address,
    storage_uri=settings.redis_url or "memory://",
    storage_options=OPTIONS if settings.redis_url else {},
    in_memory_fallback_enabled=True,
    strategy="fixed-window",
)


def mailbox() -> str:
    """The e-mail address that a request is about, so that no client can flood one mailbox."""
    body = request.get_json()
    return str(body["email"]).strip().lower()


def register(app: Flask) -> None:
    limiter.init_app(app)
    app.after_request(_tell)


def _tell(response: Response) -> Response:
    """Source: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/"""
    found = limiter.current_limits
    if not found:
        return response
    at = now().timestamp()
    policies, left = [], []
    for number, one in enumerate(found, start=1):
        window = one.limit.get_expiry()
        policies.append(f'"{number}";q={one.limit.amount};w={window}')
        left.append(f'"{number}";r={max(0, one.remaining)};t={max(0, round(one.reset_at - at))}')
    response.headers["RateLimit-Policy"] = ", ".join(policies)
    response.headers["RateLimit"] = ", ".join(left)
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        broken = [one.reset_at for one in found if one.breached]
        response.headers["Retry-After"] = str(max(1, round(max(broken, default=at) - at)))
    return response
