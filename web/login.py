"""Signing in: a code is asked for, and traded for tokens."""

from http import HTTPStatus
from typing import Any

from flask import Response, jsonify, request
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from sqlalchemy import exists, select

from config import settings
from models import Login, LoginState, Transition, User, transaction
from models.base import db
from models.clock import now
from models.errors import GoneError, NotAuthenticatedError, NotFoundError
from models.login import LIVE
from models.refresh import Rotation, open_session
from state_machines.login import LoginMachine, LoginSignal, begin_login, try_code
from web import cookie, limits, tokens
from web.limits import limiter
from web.request import cause
from web.schemas.login import (
    CodeEntered,
    LoginBegun,
    LoginPath,
    LoginRequest,
    LoginStatus,
    SignedIn,
)
from web.schemas.user import UserView

api = APIBlueprint("login", __name__, url_prefix="/auth", abp_tags=[Tag(name="login")])

NOBODY = "The code is wrong, or this account cannot sign in"


@api.post("/login", responses={201: LoginBegun})
@limiter.limit(settings.login_limit_per_address)
@limiter.limit(settings.login_limit, key_func=limits.mailbox)
def begin(body: LoginRequest) -> Any:
    """Have a code sent. The answer is the same whether or not the address is known."""
    with cause(body.email), transaction():
        login = begin_login(body.email)
    begun = LoginBegun(
        message="If the address can receive e-mail, a code is on its way",
        login_id=login.id,
        expires_at=login.created_at + settings.login_window,
    )
    return begun.json_ready(), HTTPStatus.CREATED


@api.post("/verify-code", responses={200: SignedIn})
@limiter.limit(settings.login_limit_per_address)
def verify(body: CodeEntered) -> Any:
    """Trade the code for tokens. A wrong one counts: the fifth ends the login.

    A suspended or deleted user gets the answer of a wrong code.
    """
    with cause(body.email), transaction():
        signed_in = _signed_in(body)
    if signed_in is None:
        raise NotAuthenticatedError(NOBODY)
    answer = SignedIn(
        user=UserView.of(signed_in.user),
        access_token=tokens.issue(signed_in.user, signed_in.session.id),
        expires_in=tokens.lifetime(signed_in.session),
    )
    response: Response = jsonify(answer.json_ready())
    cookie.give(response, signed_in.token)
    return response


@api.get("/login/<uuid:loginId>", responses={200: LoginStatus})
def status(path: LoginPath) -> Any:
    """How far a login has come. Whoever asks must know its id, which cannot be guessed."""
    with transaction() as session:
        login = session.get(Login, path.login_id)
        if login is None:
            raise NotFoundError("There is no such login")
        was_sent = select(
            exists().where(
                Transition.subject_id == login.id,
                Transition.signal == LoginSignal.SENT,
                Transition.ignored.is_(False),
            )
        )
        sent = login.state not in LIVE and bool(session.scalar(was_sent))
    return _status(login, sent=sent or login.state == LoginState.CODE_SENT).json_ready()


def _signed_in(body: CodeEntered) -> Rotation | None:
    """None when the code is wrong. Raises GoneError when there is no live login to try it on."""
    login = _newest(body)
    if not try_code(login, body.code):  # type: ignore[arg-type]  # it is six digits by now
        return None
    user = User.of_address(login.email)
    login.user_id = user.id
    agent, address = request.user_agent.string, request.remote_addr or ""
    return open_session(user, user_agent=agent, ip_address=address)


def _newest(body: CodeEntered) -> Login:
    """The live login that the code is for, locked. Raises GoneError."""
    wanted = select(Login.id).where(Login.email == body.email).order_by(Login.id.desc()).limit(1)
    if body.login_id is not None:
        wanted = wanted.where(Login.id == body.login_id)
    login_id = db.session.scalar(wanted)
    login = LoginMachine.lock([login_id])[login_id] if login_id else None
    if login is None or not login.live or (login.deadline_at or now()) <= now():
        raise GoneError("This code can no longer be used: ask for a new one")
    return login


def _status(login: Login, *, sent: bool) -> LoginStatus:
    outcome = "PENDING" if login.live else "FAILED"
    if login.state == LoginState.SUCCEEDED:
        outcome = "SUCCESS"
    code = "SENT" if sent else "PENDING"
    if login.state == LoginState.CODE_UNSENT:
        code = "ERROR_SENDING_EMAIL"
    return LoginStatus(
        status=outcome,
        code_status=code,
        expires_at=login.deadline_at,
    )
