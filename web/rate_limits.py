"""How often one may knock: per client, and per client for one e-mail address. Counted in Redis, all
services together; without Redis each process counts for itself. How often codes are e-mailed and
guessed is counted in PostgreSQL (state_machines/mailing.py, guesses.py).
"""

import re
from collections.abc import Callable
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Any, TypeVar, cast

from flask import Flask, Response, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from config import settings
from models.clock import now
from web.changes import NO_RETRY

# A subscriber gets a network of so many bits, and so all addresses in it. Source: RFC 6177
SUBSCRIBER = 64
# A proxy may add the port to an address.
WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d+)?|([0-9.]+):\d+")

View = TypeVar("View", bound=Callable[..., Any])

OPTIONS: Any = {
    "socket_connect_timeout": 0.2,
    "socket_timeout": 0.5,
    "retry": NO_RETRY,
    "key_prefix": "projectx:limit",
}


def name_client() -> str:
    """Return what a client is counted by: its IPv4 address, or its network of IPv6, since nobody is
    short of addresses there.
    """
    text = get_remote_address()
    parts = WITH_PORT.fullmatch(text)
    plain = (parts[1] or parts[2] or "") if parts else text
    try:
        address = ip_address(plain.partition("%")[0])
    except ValueError:
        return text
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), SUBSCRIBER), strict=False))


limiter = Limiter(
    key_func=name_client,
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
