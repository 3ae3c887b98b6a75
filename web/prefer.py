"""`Prefer: wait=N` (RFC 7240): how long a client wants us to wait for what it asked for."""

import re

from flask import Response, request

LONGEST = 30  # seconds
WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?([0-9]{1,6})", re.IGNORECASE)


def wait(default: float) -> float:
    """Seconds to wait, at most LONGEST."""
    asked = _asked()
    return default if asked is None else min(asked, LONGEST)


def applied(response: Response) -> Response:
    """Say that the wish was granted, if there was one."""
    if _asked() is not None:
        response.headers["Preference-Applied"] = f"wait={wait(0):g}"
    return response


def _asked() -> int | None:
    found = WAIT.search(request.headers.get("Prefer", ""))
    return int(found[1]) if found else None
