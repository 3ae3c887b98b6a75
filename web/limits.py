"""How often one may knock: per client, and per client for one e-mail address. Counted in Redis, all
services together; without Redis each process counts for itself. How often codes are e-mailed and
guessed is counted in PostgreSQL (state_machines/mailing.py, guesses.py).
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar, cast

from flask import Flask, Response, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from config import settings
from models.clock import now
from web.bell import NO_RETRY

View = TypeVar("View", bound=Callable[..., Any])

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


def limit(rates: str, **options: Any) -> Callable[[View], View]:
    """Limit a view; with no rates, which production refuses at its start, leave it as it is."""
    if not rates.strip():
        return lambda view: view
    return cast("Callable[[View], View]", limiter.limit(rates, **options))


@limit(settings.login_limit_per_address)
def _count_client() -> None:
    """Raises RateLimitExceeded."""


def per_client() -> None:
    """Before a request: count it for its client, also when its body turns out to be wrong."""
    if request.method == "POST":
        _count_client()
        # The limiter itself remembers the limits of its last look alone.
        g.client_limits = list(limiter.current_limits)


def register(app: Flask) -> None:
    limiter.init_app(app)
    app.after_request(_tell)


def _tell(response: Response) -> Response:
    """Source: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/"""
    limits = list(limiter.current_limits)
    limits += [limit for limit in g.get("client_limits", ()) if limit not in limits]
    if not limits:
        return response
    at = now().timestamp()
    policies, left = [], []
    for number, one in enumerate(limits, start=1):
        window = one.limit.get_expiry()
        policies.append(f'"{number}";q={one.limit.amount};w={window}')
        left.append(f'"{number}";r={max(0, one.remaining)};t={max(0, round(one.reset_at - at))}')
    response.headers["RateLimit-Policy"] = ", ".join(policies)
    response.headers["RateLimit"] = ", ".join(left)
    is_refused = response.status_code == HTTPStatus.TOO_MANY_REQUESTS
    if is_refused and "Retry-After" not in response.headers:
        broken = [one.reset_at for one in limits if one.breached]
        response.headers["Retry-After"] = str(max(1, round(max(broken, default=at) - at)))
    return response
