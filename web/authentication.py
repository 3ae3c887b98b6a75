"""Authentication of requests: the bearer token, its session, and the caller's role."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

from flask import g, request

from models.base import db
from models.clock import now
from models.errors import ForbiddenError, NotAuthenticatedError, StepUpError
from models.user import User, UserSession, load_roles, signed_in
from web import tokens
from web.tokens import Caller

# Changing how one signs in needs a sign-in or a step-up that is not older.
MAX_SIGN_IN_AGE = timedelta(minutes=10)
STAFF_ROLES = frozenset({"staff", "admin"})


def require_session() -> None:
    """Refuse a request without a valid token of an open session; a handler for `before_request`.

    Raises NotAuthenticatedError, also when the user is suspended or deleted, or has signed out.
    """
    if request.method == "OPTIONS":
        return
    require_token()
    require_open_session()


def require_token() -> None:
    """Refuse a request without a valid token, without checking the session.

    Raises NotAuthenticatedError.
    """
    if request.method == "OPTIONS":
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthenticatedError("Sign in first")
    g.caller = tokens.verify(token.strip())


def require_open_session() -> None:
    """Check the caller's session by a query of its own, and update the caller's roles.

    Raises NotAuthenticatedError when the session has ended.
    """
    current = caller()
    roles = load_roles(current.user_id, current.session_id)
    if roles is None:
        raise NotAuthenticatedError("This session has ended")
    g.caller = replace(current, roles=roles)


def require_staff() -> None:
    """Refuse a request unless its caller is staff or admin; a handler for `before_request`.

    Raises NotAuthenticatedError as `require_session` does, and ForbiddenError.
    """
    require_session()
    if request.method != "OPTIONS" and STAFF_ROLES.isdisjoint(caller().roles):
        raise ForbiddenError("Only staff may do this")


def require_recent_sign_in() -> None:
    """Raise StepUpError when the caller's last authentication is older than MAX_SIGN_IN_AGE."""
    if now() - caller().authenticated_at > MAX_SIGN_IN_AGE:
        raise StepUpError("Confirm your identity first: POST /auth/step-up", MAX_SIGN_IN_AGE)


def caller() -> Caller:
    """Return the caller that the token of this request names."""
    return cast("Caller", g.caller)


def current_user() -> User:
    """Load the caller's row in the current transaction.

    Raises NotAuthenticatedError when the user is suspended or deleted, or has signed out.
    """
    current = caller()
    user = db.session.scalar(
        db.select(User)
        .join(UserSession, UserSession.user_id == User.id)
        .where(signed_in(current.user_id, current.session_id))
    )
    if user is None:
        raise NotAuthenticatedError("This session has ended")
    return cast("User", user)
