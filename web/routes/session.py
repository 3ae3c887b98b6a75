"""Routes of sessions: refresh, sign out, list and revoke."""

from http import HTTPStatus
from typing import Any

from flask import Response, jsonify
from flask_openapi.models.tag import Tag
from sqlalchemy import select, update

from config import settings
from models import UserSession, refresh, transaction
from models.clock import now
from models.errors import NotAuthenticatedError, NotFoundError
from models.user import open_sessions
from web import authentication, cookies, rate_limits, tokens
from web.blueprint import ApiBlueprint
from web.schemas.login import Refreshed
from web.schemas.session import SessionPath, Sessions, SessionsQuery, SessionView

TAG = Tag(name="session")
# Routes that are authenticated by the cookie.
api = ApiBlueprint("session", __name__, url_prefix="/auth", abp_tags=[TAG])
listing = ApiBlueprint(
    "sessions",
    __name__,
    url_prefix="/auth/sessions",
    abp_tags=[TAG],
    abp_security=[{"bearer": []}],
)
listing.before_request(authentication.require_session)


@api.post("/refresh", responses={200: Refreshed})
@rate_limits.limit(settings.login_limit_per_address)
def renew() -> Any:
    """Exchange the refresh cookie for an access token and the next cookie.

    A repetition within half a minute returns the same cookie; a later one ends the session.
    """
    token = cookies.read_refresh_token()
    with transaction():
        rotation = refresh.rotate(token) if token else None
    if rotation is None:
        raise NotAuthenticatedError("Sign in again")
    body = Refreshed(
        access_token=tokens.issue(rotation.user, rotation.session),
        expires_in=tokens.lifetime(rotation.session),
    )
    response: Response = jsonify(body.json_ready())
    cookies.set_refresh_token(response, rotation.token)
    return response


@api.post("/logout", responses={204: None})
def end() -> Any:
    """Sign out on this device. Succeeds also without a session."""
    token = cookies.read_refresh_token()
    with transaction():
        if token:
            refresh.revoke(token)
    response = Response(status=HTTPStatus.NO_CONTENT)
    cookies.delete_refresh_token(response)
    return response


@listing.get("", responses={200: Sessions})
def show() -> Any:
    """List the caller's open sessions, newest first."""
    with transaction() as session:
        user = authentication.current_user()
        rows = session.scalars(
            select(UserSession).where(*open_sessions(user.id)).order_by(UserSession.id.desc())
        ).all()
    current = authentication.caller().session_id
    return jsonify([SessionView.of(row, current).json_ready() for row in rows])


@listing.delete("", responses={204: None})
def revoke_all(query: SessionsQuery) -> Any:
    """End all sessions of the caller, or all others with `except=current`."""
    caller = authentication.caller()
    with transaction() as session:
        ending = (
            update(UserSession)
            .where(*open_sessions(authentication.current_user().id))
            .values(revoked_at=now())
        )
        if query.except_ == "current":
            ending = ending.where(UserSession.id != caller.session_id)
        session.execute(ending)
    response = Response(status=HTTPStatus.NO_CONTENT)
    if query.except_ is None:
        cookies.delete_refresh_token(response)
    return response


@listing.delete("/<uuid:sessionId>", responses={204: None})
def revoke(path: SessionPath) -> Any:
    """End one session of the caller."""
    with transaction() as session:
        user = authentication.current_user()
        row = session.get(UserSession, path.session_id, with_for_update=True)
        if row is None or row.user_id != user.id or row.revoked_at is not None:
            raise NotFoundError("There is no such session")
        row.revoked_at = now()
    return Response(status=HTTPStatus.NO_CONTENT)
