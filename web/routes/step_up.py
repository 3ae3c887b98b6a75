"""The route of step-up authentication (RFC 9470)."""

from typing import Any

from flask import jsonify
from flask_openapi.models.tag import Tag

from models import User, UserSession, transaction
from models.base import db
from models.clock import now
from models.errors import NotAuthenticatedError, WrongCodeError
from state_machines.actions.sign_in import enter_code
from web import authentication, cookies, rate_limits, sign_in, tokens
from web.blueprint import ApiBlueprint
from web.request import cause
from web.routes import passkeys
from web.schemas.login import Refreshed
from web.schemas.passkey import PasskeyUsed
from web.schemas.step_up import StepUp

api = ApiBlueprint(
    "step_up",
    __name__,
    url_prefix="/auth",
    abp_tags=[Tag(name="login")],
    abp_security=[{"bearer": []}],
)
api.before_request(rate_limits.limit_client)
api.before_request(authentication.require_session)

WRONG_PROOF = "The code is wrong, or the passkey belongs to another account"


@api.post("/step-up", responses={200: Refreshed})
def step_up(body: StepUp) -> Any:
    """Exchange a new code or the proof of a passkey for an access token with a new `auth_time`.

    POST /auth/login sends a code; POST /auth/passkeys/sign-in/options returns a challenge.
    """
    methods = _prove_passkey(body.passkey) if body.passkey else _prove_code(body)
    caller = authentication.caller()
    with cause(caller.user_id), transaction() as session:
        user = authentication.current_user()
        row = session.get_one(UserSession, caller.session_id, with_for_update=True)
        row.authenticated_at, row.methods = now(), list(methods)
    response_body = Refreshed(access_token=tokens.issue(user, row), expires_in=tokens.lifetime(row))
    return jsonify(response_body.json_ready())


def _prove_code(body: StepUp) -> tuple[str, ...]:
    """Verify a code and return the authentication methods.

    Raises NotAuthenticatedError for a wrong code, GoneError without a live login.
    """
    caller, code = authentication.caller(), str(body.code)
    with cause(caller.user_id), transaction():
        email = db.session.get_one(User, caller.user_id).email
        browser_hash = cookies.hash_browser_token(cookies.get_or_create_browser_token())
        entered = enter_code(email, code, login_id=body.login_id, browser_hash=browser_hash)
    if entered.user is None:
        raise WrongCodeError(WRONG_PROOF, entered.attempts_left)
    return sign_in.BY_CODE


def _prove_passkey(used: PasskeyUsed) -> tuple[str, ...]:
    """Verify a passkey and return the authentication methods.

    Raises NotAuthenticatedError for another user's passkey, GoneError for an expired challenge.
    """
    passkey, methods = passkeys.prove(used)
    if passkey.user_id != authentication.caller().user_id:
        raise NotAuthenticatedError(WRONG_PROOF)
    return methods
