"""Proving once more who one is, for what needs a fresh proof (RFC 9470)."""

from typing import Any

from flask import jsonify
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from models import User, UserSession, transaction
from models.base import db
from models.clock import now
from models.errors import NotAuthenticatedError
from state_machines.sign_in import enter_code
from web import authentication, cookies, rate_limits, sign_in, tokens
from web.request import cause
from web.routes import passkeys
from web.schemas.login import Refreshed
from web.schemas.passkey import PasskeyUsed
from web.schemas.step_up import StepUp

api = APIBlueprint(
    "step_up",
    __name__,
    url_prefix="/auth",
    abp_tags=[Tag(name="login")],
    abp_security=[{"bearer": []}],
)
api.before_request(rate_limits.limit_client)
api.before_request(authentication.require_session)

WRONG = "The code or the passkey is not the caller's"


@api.post("/step-up", responses={200: Refreshed})
def step_up(body: StepUp) -> Any:
    """Trade a fresh code, or the proof of a passkey, for an access token with a new `auth_time`.

    A code comes by POST /auth/login, a challenge by POST /auth/passkeys/sign-in/options.
    """
    methods = _prove_passkey(body.passkey) if body.passkey else _prove_code(body)
    who = authentication.caller()
    with cause(who.user_id), transaction() as session:
        user = authentication.current_user()
        row = session.get_one(UserSession, who.session_id, with_for_update=True)
        row.authenticated_at, row.methods = now(), list(methods)
    answer = Refreshed(access_token=tokens.issue(user, row), expires_in=tokens.lifetime(row))
    return jsonify(answer.json_ready())


def _prove_code(body: StepUp) -> tuple[str, ...]:
    """Raises NotAuthenticatedError for a wrong code, GoneError when there is no login for it."""
    who, code = authentication.caller(), str(body.code)
    with cause(who.user_id), transaction():
        email = db.session.get_one(User, who.user_id).email
        browser_hash = cookies.hash_browser_token(cookies.get_or_create_browser_token())
        entered = enter_code(email, code, login_id=body.login_id, browser_hash=browser_hash)
    if entered is None:
        raise NotAuthenticatedError(WRONG)
    return sign_in.BY_CODE


def _prove_passkey(used: PasskeyUsed) -> tuple[str, ...]:
    """Raises NotAuthenticatedError for somebody else's passkey, GoneError for an old challenge."""
    passkey, methods = passkeys.prove(used)
    if passkey.user_id != authentication.caller().user_id:
        raise NotAuthenticatedError(WRONG)
    return methods
