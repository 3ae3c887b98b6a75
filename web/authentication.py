"""Who calls: the bearer token of a request, and whether its session is still open."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

from flask import g, request

from models.base import db, reading
from models.clock import now
from models.errors import ForbiddenError, NotAuthenticatedError, StepUpError
from models.user import User, UserSession, signed_in
from web import tokens
from web.tokens import Caller

# For so long after a sign-in or a step-up a caller may change how they sign in.
RECENT = timedelta(minutes=10)
STAFF = frozenset({"staff", "admin"})


def require() -> None:
    """Before a request: refuse it without a valid token of an open session.

    Raises NotAuthenticatedError, also when the user is suspended, deleted, or has signed out since.
    """
    if request.method == "OPTIONS":
        return
    require_token()
    refuse_ended()


def require_token() -> None:
    """As `require`, for a request that looks at the session itself: the token alone is checked."""
    if request.method == "OPTIONS":
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthenticatedError("Sign in first")
    g.caller = tokens.verify(token.strip())


def refuse_ended() -> None:
    """Look the caller's session up, in a transaction of its own; their roles are those of now.

    Raises NotAuthenticatedError when it has ended.
    """
    who = caller()
    query = db.select(User.roles).join(UserSession, UserSession.user_id == User.id)
    with reading() as session:
        roles = session.scalar(query.where(signed_in(who.user_id, who.session_id)))
    if roles is None:
        raise NotAuthenticatedError("This session has ended")
    g.caller = replace(who, roles=tuple(roles))


def require_staff() -> None:
    """As `require`. Raises ForbiddenError when the caller is neither staff nor admin by now."""
    require()
    if request.method != "OPTIONS" and STAFF.isdisjoint(caller().roles):
        raise ForbiddenError("This is for staff only")


def require_recent_sign_in() -> None:
    """Refuse a caller who proved who they are longer than RECENT ago. Raises StepUpError."""
    if now() - caller().authenticated_at > RECENT:
        raise StepUpError("Prove who you are once more: POST /auth/step-up", RECENT)


def caller() -> Caller:
    return cast("Caller", g.caller)


def welcome() -> User:
    """The caller's row, read in the current transaction.

    Raises NotAuthenticatedError when the user is suspended or deleted, or signed out since.
    """
    who = caller()
    user = db.session.scalar(
        db.select(User)
        .join(UserSession, UserSession.user_id == User.id)
        .where(signed_in(who.user_id, who.session_id))
    )
    if user is None:
        raise NotAuthenticatedError("This session has ended")
    return cast("User", user)
