"""The header `Prefer: wait=N` (RFC 7240): the seconds that a client is willing to wait."""

import re

from flask import Response, request

MAX_WAIT = 30  # seconds
WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?([0-9]{1,6})", re.IGNORECASE)


def wait(default: float) -> float:
    """Return the seconds to wait, at most MAX_WAIT; `default` without the header."""
    seconds = _parse()
    return default if seconds is None else min(seconds, MAX_WAIT)


def with_preference_applied(response: Response) -> Response:
    """Add `Preference-Applied` to a response if the request had a preference."""
    if _parse() is not None:
        response.headers["Preference-Applied"] = f"wait={wait(0):g}"
    return response


def _parse() -> int | None:
    match = WAIT.search(request.headers.get("Prefer", ""))
    return int(match[1]) if match else None
