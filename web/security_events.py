"""Security events: the list of those that are logged, under names that do not change.

docs/reference/logs.md explains each. The audit has what operators changed by hand; the log has what
happened at the door.
"""

import logging
from enum import StrEnum, auto
from http import HTTPStatus

from flask import Flask, Response, g, request

from json_lines import FIELDS, SECURITY

log = logging.getLogger(SECURITY)


class SecurityEvent(StrEnum):
    SIGN_IN = auto()
    SIGN_IN_FAILED = auto()
    STEP_UP = auto()
    STEP_UP_FAILED = auto()
    LOCKOUT = auto()
    SESSION_REFUSED = auto()
    SESSION_ENDED = auto()
    ROLE_CHANGED = auto()
    USER_SUSPENDED = auto()
    USER_REINSTATED = auto()
    DENIED = auto()


E = SecurityEvent
ADMIN_USER = "/admin/users/<uuid:userId>"
# The events of requests that succeeded, and of those that were refused, by method and route.
SUCCEEDED = {
    "POST /auth/verify-code": E.SIGN_IN,
    "POST /auth/passkeys/sign-in": E.SIGN_IN,
    "POST /auth/step-up": E.STEP_UP,
    "POST /auth/logout": E.SESSION_ENDED,
    "DELETE /auth/sessions": E.SESSION_ENDED,
    "DELETE /auth/sessions/<uuid:sessionId>": E.SESSION_ENDED,
    f"DELETE {ADMIN_USER}/sessions": E.SESSION_ENDED,
    f"DELETE {ADMIN_USER}/sessions/<uuid:sessionId>": E.SESSION_ENDED,
    f"POST {ADMIN_USER}/roles": E.ROLE_CHANGED,
    f"POST {ADMIN_USER}/suspend": E.USER_SUSPENDED,
    f"POST {ADMIN_USER}/reinstate": E.USER_REINSTATED,
}
REFUSED = {
    "POST /auth/verify-code": E.SIGN_IN_FAILED,
    "POST /auth/passkeys/sign-in": E.SIGN_IN_FAILED,
    "POST /auth/step-up": E.STEP_UP_FAILED,
    "POST /auth/refresh": E.SESSION_REFUSED,
}
GUESSED = (E.SIGN_IN_FAILED, E.STEP_UP_FAILED)


def register(app: Flask) -> None:
    """Log the security events of an application."""
    app.after_request(_log)


def event_of(route: str, status: int) -> SecurityEvent | None:
    """Return the event of a request with this method and route, and this answer."""
    if status < HTTPStatus.BAD_REQUEST:
        return SUCCEEDED.get(route)
    if status == HTTPStatus.FORBIDDEN:
        return E.DENIED
    refused = REFUSED.get(route)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return E.LOCKOUT if refused in GUESSED else None
    return refused if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.GONE) else None


def _log(response: Response) -> Response:
    rule = request.url_rule
    route = f"{request.method} {rule.rule if rule else ''}"
    event = event_of(route, response.status_code)
    if event is not None:
        caller = g.get("caller")
        actor = g.get("signed_in") or (caller.user_id if caller else None)
        ids = {key: str(value) for key, value in (request.view_args or {}).items()}
        fields = {"event": event.value, "route": route, "status": response.status_code}
        fields |= {"actor": str(actor)} if actor else {}
        # The only ids in these routes are ours.
        fields |= {"subject": ids["userId"]} if "userId" in ids else {}
        log.info("%s", event, extra={FIELDS: fields})
    return response
