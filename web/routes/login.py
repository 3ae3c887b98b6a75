"""Routes of signing in with an emailed code."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response, jsonify, request
from flask_openapi.models.tag import Tag
from sqlalchemy import exists, select

from config import settings
from models import Login, LoginState, Transition, transaction
from models.errors import NotFoundError, WrongCodeError
from models.login import LIVE
from state_machines.actions import login_emails
from state_machines.actions.login_codes import MAX_WRONG_CODES, begin_login
from state_machines.actions.sign_in import EnteredCode, enter_code
from state_machines.login import LoginSignal
from web import cookies, rate_limits, sign_in
from web.blueprint import ApiBlueprint
from web.request import cause
from web.schemas.login import (
    CodeEntered,
    LoginBegun,
    LoginPath,
    LoginRequest,
    LoginStatus,
    SignedIn,
)

api = ApiBlueprint("login", __name__, url_prefix="/auth", abp_tags=[Tag(name="login")])
api.before_request(rate_limits.limit_client)

WRONG_CODE = "The code is wrong, or this account cannot sign in"


def _login_key() -> str:
    """Return the key of the login limit: the email address, and the browser or else the client.

    Requests of other people for the same address do not count against its owner.
    """
    email = LoginRequest.model_validate(request.get_json()).email
    return f"{email} {cookies.read_browser_token() or rate_limits.client_key()}"


@api.post("/login", responses={201: LoginBegun})
@rate_limits.limit(settings.login_limit, key_func=_login_key)
def begin(body: LoginRequest) -> Any:
    """Email a code. The response does not reveal whether the address has an account."""
    token = cookies.get_or_create_browser_token()
    with cause(body.email), transaction():
        login = begin_login(body.email, cookies.hash_browser_token(token))
    response_body = LoginBegun(
        message="If the address can receive email, a code is on its way",
        login_id=login.id,
        expires_at=login.deadline_at or login.created_at + settings.login_window,
    )
    response: Response = jsonify(response_body.json_ready())
    response.status_code = HTTPStatus.CREATED
    cookies.set_browser_token(response, token)
    return response


@api.post("/verify-code", responses={200: SignedIn})
def verify(body: CodeEntered) -> Any:
    """Exchange the code for tokens.

    The fifth wrong code ends the login, if it is sent with the login's id or by the same browser.
    The problem has the `attemptsLeft`. A suspended or deleted user gets the same response as for a
    wrong code.
    """
    token = cookies.get_or_create_browser_token()
    with cause(body.email), transaction():
        entered, rotation = _enter(body, token), None
        if entered.user is not None:
            rotation = sign_in.open_session_by_code(entered.login, entered.user, token)
    if rotation is None:
        raise WrongCodeError(WRONG_CODE, entered.attempts_left)
    return sign_in.signed_in_response(rotation, token)


@api.get("/login/<uuid:loginId>", responses={200: LoginStatus})
def status(path: LoginPath) -> Any:
    """Return the status of a login. Its id, which cannot be guessed, is the only credential."""
    with transaction() as session:
        login = session.get(Login, path.login_id)
        if login is None:
            raise NotFoundError("There is no such login")
        # The code may have been sent for an earlier login.
        mailed = session.get(Login, login.code_id) or login
        was_sent = select(
            exists().where(
                Transition.subject_id == mailed.id,
                Transition.signal == LoginSignal.SENT,
                Transition.ignored.is_(False),
            )
        )
        sent = mailed.state not in LIVE and bool(session.scalar(was_sent))
        resend_after = login_emails.next_email_at(login)
    sent = sent or mailed.state == LoginState.CODE_SENT
    return _status(login, mailed, sent=sent, resend_after=resend_after).json_ready()


def _enter(body: CodeEntered, browser_token: str) -> EnteredCode:
    """Try the code. Raises GoneError without a live login, and TooManyError."""
    browser_hash = cookies.hash_browser_token(browser_token)
    return enter_code(body.email, body.code, login_id=body.login_id, browser_hash=browser_hash)


def _status(
    login: Login, mailed: Login, *, sent: bool, resend_after: datetime | None
) -> LoginStatus:
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
        attempts_left=MAX_WRONG_CODES - login.wrong_codes if login.live else 0,
        resend_after=resend_after,
    )
