"""Who calls: the bearer token of a request, and whether that person is still welcome."""

from typing import cast

from flask import g, request

from models.base import db
from models.errors import ForbiddenError, NotAuthenticatedError
from models.user import REFUSED, User, UserSession
from web import tokens
from web.tokens import Caller

STAFF = frozenset({"staff", "admin"})


def require() -> None:
    """Before a request: refuse it without a valid token. Raises NotAuthenticatedError."""
    if request.method == "OPTIONS":
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthenticatedError("Sign in first")
    g.caller = tokens.verify(token.strip())


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
        .where(
            User.id == who.user_id,
            User.status.not_in(REFUSED),
            UserSession.id == who.session_id,
            UserSession.revoked_at.is_(None),
        )
    )
    if user is None:
        raise NotAuthenticatedError("This session has ended")
    return cast("User", user)


def staff() -> User:
    """Return the caller's row, read in the current transaction.

    Raises ForbiddenError when the caller is neither staff nor admin now, whatever the token says,
    and NotAuthenticatedError as `welcome` does.
    """
    user = welcome()
    if STAFF.isdisjoint(user.roles):
        raise ForbiddenError("This is for staff only")
    return user
