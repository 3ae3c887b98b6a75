"""Signing in: a code is asked for, and traded for tokens."""

from http import HTTPStatus
from typing import Any

from flask import Response, jsonify, request
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from sqlalchemy import exists, select

from config import settings
from models import Login, LoginState, Transition, transaction
from models.errors import NotAuthenticatedError, NotFoundError
from models.login import LIVE
from models.refresh import Rotation
from state_machines.login import LoginSignal, begin_login
from state_machines.sign_in import enter_code
from web import cookies, rate_limits, sign_in
from web.request import cause
from web.schemas.login import (
    CodeEntered,
    LoginBegun,
    LoginPath,
    LoginRequest,
    LoginStatus,
    SignedIn,
)

api = APIBlueprint("login", __name__, url_prefix="/auth", abp_tags=[Tag(name="login")])
api.before_request(rate_limits.limit_client)

NOBODY = "The code is wrong, or this account cannot sign in"


def _asker() -> str:
    """The address that gets the e-mail, and the browser that asks, or else its client's address: so
    nobody's requests count against somebody else's.
    """
    email = LoginRequest.model_validate(request.get_json()).email
    return f"{email} {cookies.read_browser_token() or rate_limits.client_key()}"


@api.post("/login", responses={201: LoginBegun})
@rate_limits.limit(settings.login_limit, key_func=_asker)
def begin(body: LoginRequest) -> Any:
    """Have a code sent. The answer is the same whether or not the address is known."""
    token = cookies.get_or_create_browser_token()
    with cause(body.email), transaction():
        login = begin_login(body.email, cookies.hash_browser_token(token))
    begun = LoginBegun(
        message="If the address can receive e-mail, a code is on its way",
        login_id=login.id,
        expires_at=login.deadline_at or login.created_at + settings.login_window,
    )
    response: Response = jsonify(begun.json_ready())
    response.status_code = HTTPStatus.CREATED
    cookies.set_browser_token(response, token)
    return response


@api.post("/verify-code", responses={200: SignedIn})
def verify(body: CodeEntered) -> Any:
    """Trade the code for tokens. A wrong one counts: the fifth ends the login, if it comes with the
    login's id or from the browser that asked.

    A suspended or deleted user gets the answer of a wrong code.
    """
    token = cookies.get_or_create_browser_token()
    with cause(body.email), transaction():
        rotation = _sign_in(body, token)
    if rotation is None:
        raise NotAuthenticatedError(NOBODY)
    return sign_in.signed_in_response(rotation, token)


@api.get("/login/<uuid:loginId>", responses={200: LoginStatus})
def status(path: LoginPath) -> Any:
    """How far a login has come. Whoever asks must know its id, which cannot be guessed."""
    with transaction() as session:
        login = session.get(Login, path.login_id)
        if login is None:
            raise NotFoundError("There is no such login")
        # The code may be in the e-mail of another login.
        mailed = session.get(Login, login.code_id) or login
        was_sent = select(
            exists().where(
                Transition.subject_id == mailed.id,
                Transition.signal == LoginSignal.SENT,
                Transition.ignored.is_(False),
            )
        )
        sent = mailed.state not in LIVE and bool(session.scalar(was_sent))
    return _status(login, mailed, sent=sent or mailed.state == LoginState.CODE_SENT).json_ready()


def _sign_in(body: CodeEntered, browser_token: str) -> Rotation | None:
    """Open a session. Returns None when the code is wrong. Raises GoneError and TooManyError."""
    code: str = body.code  # type: ignore[assignment]  # it is six digits by now
    browser_hash = cookies.hash_browser_token(browser_token)
    entered = enter_code(body.email, code, login_id=body.login_id, browser_hash=browser_hash)
    return sign_in.open_session_by_code(*entered, browser_token) if entered is not None else None


def _status(login: Login, mailed: Login, *, sent: bool) -> LoginStatus:
    outcome = "PENDING" if login.live else "FAILED"
    if login.state == LoginState.SUCCEEDED:
        outcome = "SUCCESS"
    code = "SENT" if sent else "PENDING"
    if mailed.state == LoginState.CODE_UNSENT:
        code = "ERROR_SENDING_EMAIL"
    return LoginStatus(
        status=outcome,
        code_status=code,
        expires_at=login.deadline_at,
    )
