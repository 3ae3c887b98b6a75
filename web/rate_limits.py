"""Rate limits for sign-in: for each client, and for each client and email address.

They are counted in Redis for all services together; without Redis each process counts alone. Codes
that are emailed and guessed are counted in PostgreSQL (state_machines/actions/login_emails.py and
code_guesses.py).
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

# Providers assign a network of this size to each subscriber. Source: RFC 6177
SUBSCRIBER_PREFIX_LENGTH = 64  # bits
# A proxy may add the port to an address.
WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d+)?|([0-9.]+):\d+")

View = TypeVar("View", bound=Callable[..., Any])

OPTIONS: Any = {
    "socket_connect_timeout": 0.2,
    "socket_timeout": 0.5,
    "retry": NO_RETRY,
    "key_prefix": "projectx:limit",
}


def client_key() -> str:
    """Return the key of the client: its IPv4 address, or the IPv6 network of its subscriber."""
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
    return str(IPv6Network((int(address), SUBSCRIBER_PREFIX_LENGTH), strict=False))


limiter = Limiter(
    key_func=client_key,
    storage_uri=settings.redis_url or "memory://",
    storage_options=OPTIONS if settings.redis_url else {},
    in_memory_fallback_enabled=True,
    strategy="fixed-window",
)


def limit(rates: str, **options: Any) -> Callable[[View], View]:
    """Limit a view. Empty rates, which production refuses at its start, mean no limit."""
    if not rates.strip():
        return lambda view: view
    return cast("Callable[[View], View]", limiter.limit(rates, **options))


@limit(settings.login_limit_per_address)
def _count_client() -> None:
    """Count the request for its client. Raises RateLimitExceeded."""


def limit_client() -> None:
    """Count a POST for its client before its body is read; a handler for `before_request`."""
    if request.method == "POST":
        _count_client()
        # The limiter remembers only the limits that it checked last.
        g.client_limits = list(limiter.current_limits)


def register(app: Flask) -> None:
    """Set up the limiter, and report the limits in the responses of an application."""
    limiter.init_app(app)
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    """Add the state of all limits that were checked.

    Source: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
    """
    limits = list(limiter.current_limits)
    limits += [limit for limit in g.get("client_limits", ()) if limit not in limits]
    if not limits:
        return response
    at = now().timestamp()
    policies, states = [], []
    for number, state in enumerate(limits, start=1):
        window = state.limit.get_expiry()
        reset_in = max(0, round(state.reset_at - at))
        policies.append(f'"{number}";q={state.limit.amount};w={window}')
        states.append(f'"{number}";r={max(0, state.remaining)};t={reset_in}')
    response.headers["RateLimit-Policy"] = ", ".join(policies)
    response.headers["RateLimit"] = ", ".join(states)
    is_refused = response.status_code == HTTPStatus.TOO_MANY_REQUESTS
    if is_refused and "Retry-After" not in response.headers:
        resets = [state.reset_at for state in limits if state.breached]
        response.headers["Retry-After"] = str(max(1, round(max(resets, default=at) - at)))
    return response
