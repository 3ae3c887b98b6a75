"""The exchange of a code or a passkey for a session.

A code that comes with the id of its login, or from the browser that asked, is tried on that login.
A code with the address alone is tried on the newest live login. Strangers can send such codes, too,
so wrong ones are counted apart, and close only that way.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select

from config import settings
from models import refresh
from models.base import db
from models.clock import now
from models.errors import GoneError
from models.ids import first_of, uuid7
from models.login import LIVE, Login, LoginState, Way
from models.refresh import Rotation
from models.user import User, UserSession
from state_machines.actions import code_guesses
from state_machines.actions.login_codes import MAX_WRONG_CODES, lock_address, try_code
from state_machines.login import LoginMachine, LoginSignal


@dataclass(frozen=True, slots=True)
class Device:
    """The browser of a request: `browser_hash` is the hash of its cookie."""

    user_agent: str
    ip_address: str
    browser_hash: str


@dataclass(frozen=True, slots=True)
class EnteredCode:
    """The result of a code. `user` is None when it is wrong, or when the user may not sign in.

    `attempts_left` is the number of codes that may still be tried in the same way.
    """

    login: Login
    user: User | None
    attempts_left: int


def enter_code(
    email: str, code: str, *, login_id: UUID | None, browser_hash: str | None
) -> EnteredCode:
    """Try a code in the current transaction, which must be committed in any case.

    Raises GoneError when there is no live login, and TooManyError after too many wrong codes.
    """
    lock_address(email)
    login, way = _find_login(email, login_id, browser_hash)
    code_guesses.refuse_while_waiting(login, way)
    # A user who may not sign in gets the same number as for a wrong code.
    tried = login.unbound_codes if way == Way.UNBOUND else login.wrong_codes
    left = MAX_WRONG_CODES - tried - 1
    if not try_code(login, code, bound=way != Way.UNBOUND):
        code_guesses.count_failure(email, way)
        return EnteredCode(login, None, left)
    code_guesses.forget_failures(email)
    user = User.of_address(email)
    login.user_id = user.id
    # The browser that entered the code becomes a known one, whichever asked for it.
    login.browser_hash = browser_hash or login.browser_hash
    return EnteredCode(login, user, left)


def enter_passkey(user: User, browser_hash: str) -> Login:
    """Record the successful login of a user whose passkey was verified."""
    login = Login(
        id=uuid7(),
        email=user.email,
        # No email has its code.
        code_id=UUID(int=0),
        code_hash="",
        browser_hash=browser_hash,
        user_id=user.id,
    )
    LoginMachine.begin(login, LoginSignal.PASSKEY)
    return login


def open_session(login: Login, user: User, device: Device, methods: Iterable[str]) -> Rotation:
    """Open a session for a successful login; email the user when the device is new.

    `methods` are the methods of authentication (RFC 8176).
    """
    is_new = _is_new(login, user, device)
    rotation = refresh.open_session(
        user,
        user_agent=device.user_agent,
        ip_address=device.ip_address,
        methods=methods,
        login_id=login.id,
    )
    if is_new:
        LoginMachine.send(login, LoginSignal.NEW_DEVICE)
    return rotation


def _is_new(login: Login, user: User, device: Device) -> bool:
    """Return whether a device signs in to an account for the first time.

    The first device of a new account does not count. A device without cookies is recognised by its
    user agent and IP address.
    """
    if user.created_at >= login.created_at:
        return False
    by_cookie = exists().where(
        Login.browser_hash == device.browser_hash,
        Login.email == login.email,
        Login.state == LoginState.SUCCEEDED,
        Login.id != login.id,
    )
    by_name = exists().where(
        UserSession.user_id == user.id,
        UserSession.user_agent == device.user_agent[: refresh.MAX_AGENT_LENGTH],
        UserSession.ip_address == device.ip_address,
    )
    return not db.session.scalar(select(by_cookie | by_name))


def _find_login(email: str, login_id: UUID | None, browser_hash: str | None) -> tuple[Login, Way]:
    """Lock the login of a code, and return it with the way of the code. Raises GoneError."""
    way = Way.BOUND
    newest_id = login_id and _find_newest_id(Login.email == email, Login.id == login_id)
    if login_id is None and browser_hash is not None:
        recent = Login.id > first_of(now() - settings.login_window)
        of_browser = Login.browser_hash == browser_hash
        newest_id = _find_newest_id(Login.email == email, of_browser, recent)
    if login_id is None and newest_id is None:
        way = Way.UNBOUND
        live = Login.state.in_(LIVE) & (Login.deadline_at > now())
        newest_id = _find_newest_id(Login.email == email, live)
    login = LoginMachine.lock([newest_id])[newest_id] if newest_id else None
    if login is None or not _is_usable(login, way):
        raise GoneError("This code can no longer be used: ask for a new one")
    if way == Way.BOUND and browser_hash is not None and _is_known(email, browser_hash):
        way = Way.KNOWN
    return login, way


def _find_newest_id(*conditions: ColumnElement[bool]) -> UUID | None:
    newest = select(Login.id).where(*conditions).order_by(Login.id.desc()).limit(1)
    login_id: UUID | None = db.session.scalar(newest)
    return login_id


def _is_usable(login: Login, way: Way) -> bool:
    if not login.live or (login.deadline_at or now()) <= now():
        return False
    if way == Way.UNBOUND and login.unbound_codes >= MAX_WRONG_CODES:
        return False
    # A code is valid once, even if several browsers wait for it.
    used = exists().where(
        Login.email == login.email,
        Login.code_id == login.code_id,
        Login.state == LoginState.SUCCEEDED,
    )
    return not db.session.scalar(select(used))


def _is_known(email: str, browser_hash: str) -> bool:
    succeeded = exists().where(
        Login.browser_hash == browser_hash,
        Login.email == email,
        Login.state == LoginState.SUCCEEDED,
    )
    return bool(db.session.scalar(select(succeeded)))
