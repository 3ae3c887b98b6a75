"""Audit of denied requests: forbidden actions (403) and failed sign-ins."""

import logging
from http import HTTPStatus

from flask import Flask, Response, g, request
from sqlalchemy import exc

from models.audit import audit_denial

log = logging.getLogger(__name__)

ANONYMOUS = "anonymous"
# Elsewhere a 401 is usually an expired token, and not audited.
SIGN_IN_PATHS = ("/auth/verify-code", "/auth/refresh", "/auth/step-up", "/auth/passkeys")
FAILED_SIGN_IN = (HTTPStatus.UNAUTHORIZED, HTTPStatus.GONE)


def register(app: Flask) -> None:
    """Audit the denials of an application."""
    app.after_request(_audit)


def _audit(response: Response) -> Response:
    status, rule = response.status_code, request.url_rule
    if rule is None:
        return response
    is_sign_in = request.method == "POST" and rule.rule.startswith(SIGN_IN_PATHS)
    if status == HTTPStatus.FORBIDDEN or (is_sign_in and status in FAILED_SIGN_IN):
        caller = g.get("caller")
        actor = ANONYMOUS if caller is None else str(caller.user_id)
        try:
            audit_denial(actor, f"{request.method} {rule.rule}", status)
        except (exc.OperationalError, exc.TimeoutError) as error:
            log.warning("a denial could not be audited: %s", error)
    return response
