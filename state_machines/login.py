"""The life of a sign-in: a code is e-mailed, and traded for a session before it dies."""

import hashlib
import hmac
import secrets
from enum import StrEnum, auto
from uuid import UUID

from config import settings
from models.base import db
from models.ids import uuid7
from models.login import LIVE, Login
from models.login import LoginState as S
from models.user import REFUSED, User
from state_machines.durable import Arrow, Deadline, DurableMachine

WRONG_CODES = 5


class LoginSignal(StrEnum):
    ASK = auto()  # somebody wants to sign in
    SENT = auto()  # SendGrid took the e-mail
    GAVE_UP = auto()  # SendGrid did not, or the e-mail bounced
    RESEND = auto()  # an operator
    WRONG_CODE = auto()
    RIGHT_CODE = auto()
    LOCK = auto()  # too many wrong codes, or a user who may not sign in
    EXPIRE = auto()  # the deadline
    SUPERSEDE = auto()  # a newer sign-in for the same address


Sig = LoginSignal
SEND = ("emails.login_code",)


class LoginMachine(DurableMachine[Login]):
    name = "login"
    row = Login
    states = S
    # The e-mail may have arrived although we never heard so: a code is good in all live states.
    # fmt: off
    arrows = (
        Arrow(Sig.ASK,        None,           S.CODE_PENDING, do=SEND),
        Arrow(Sig.SENT,       S.CODE_PENDING, S.CODE_SENT),
        # An operator had a letter that gave up sent again.
        Arrow(Sig.SENT,       S.CODE_UNSENT,  S.CODE_SENT),
        Arrow(Sig.GAVE_UP,    S.CODE_PENDING, S.CODE_UNSENT),
        Arrow(Sig.GAVE_UP,    S.CODE_SENT,    S.CODE_UNSENT),
        Arrow(Sig.RESEND,     S.CODE_UNSENT,  S.CODE_PENDING, do=SEND),

        Arrow(Sig.WRONG_CODE, S.CODE_PENDING, S.CODE_PENDING),
        Arrow(Sig.WRONG_CODE, S.CODE_SENT,    S.CODE_SENT),
        Arrow(Sig.WRONG_CODE, S.CODE_UNSENT,  S.CODE_UNSENT),
        Arrow(Sig.LOCK,       S.CODE_PENDING, S.LOCKED),
        Arrow(Sig.LOCK,       S.CODE_SENT,    S.LOCKED),
        Arrow(Sig.LOCK,       S.CODE_UNSENT,  S.LOCKED),

        Arrow(Sig.RIGHT_CODE, S.CODE_PENDING, S.SUCCEEDED),
        Arrow(Sig.RIGHT_CODE, S.CODE_SENT,    S.SUCCEEDED),
        Arrow(Sig.RIGHT_CODE, S.CODE_UNSENT,  S.SUCCEEDED),

        Arrow(Sig.EXPIRE,     S.CODE_PENDING, S.EXPIRED),
        Arrow(Sig.EXPIRE,     S.CODE_SENT,    S.EXPIRED),
        Arrow(Sig.EXPIRE,     S.CODE_UNSENT,  S.EXPIRED),
        Arrow(Sig.SUPERSEDE,  S.CODE_PENDING, S.SUPERSEDED),
        Arrow(Sig.SUPERSEDE,  S.CODE_SENT,    S.SUPERSEDED),
        Arrow(Sig.SUPERSEDE,  S.CODE_UNSENT,  S.SUPERSEDED),
    )
    # fmt: on
    deadlines = (
        Deadline((S.CODE_PENDING, S.CODE_SENT, S.CODE_UNSENT), settings.login_window, Sig.EXPIRE),
    )


def new_code() -> str:
    """Six digits that nobody can guess."""
    return f"{secrets.randbelow(1_000_000):06}"


def code_hash(login_id: UUID, code: str) -> str:
    """What is kept of a code: keyed, so that the table alone does not give codes away."""
    return hmac.new(
        settings.code_secret.encode(), f"{login_id}:{code}".encode(), hashlib.sha256
    ).hexdigest()


def begin_login(email: str) -> Login:
    """Start a sign-in for `email`; older ones for it end here."""
    _lock_address(email)
    live = db.session.scalars(
        db.select(Login.id).where(Login.email == email, Login.state.in_(LIVE))
    ).all()
    for older in LoginMachine.lock(live).values():
        if older.live:
            LoginMachine.send(older, Sig.SUPERSEDE)
    login, code = Login(id=uuid7(), email=email), new_code()
    login.code_hash = code_hash(login.id, code)
    LoginMachine.begin(login, Sig.ASK, secret=code)
    return login


def try_code(login: Login, code: str) -> bool:
    """Check a code against a live, locked login. The fifth wrong one locks it; so does the right
    one of somebody who may not sign in.
    """
    if hmac.compare_digest(login.code_hash, code_hash(login.id, code)):
        if _is_refused(login.email):
            LoginMachine.send(login, Sig.LOCK, reason="this user may not sign in")
            return False
        LoginMachine.send(login, Sig.RIGHT_CODE)
        return True
    login.wrong_codes += 1
    LoginMachine.send(login, Sig.LOCK if login.wrong_codes >= WRONG_CODES else Sig.WRONG_CODE)
    return False


def resend_code(login: Login) -> None:
    """Send a new code for a login whose e-mail failed; the old code is dead.

    Raises SignalRefusedError unless the login is CodeUnsent.
    """
    code = new_code()
    LoginMachine.send(login, Sig.RESEND, secret=code)
    login.code_hash = code_hash(login.id, code)


def _is_refused(email: str) -> bool:
    refused = db.select(User.id).where(User.email == email, User.status.in_(REFUSED))
    return db.session.scalar(refused) is not None


def _lock_address(email: str) -> None:
    """Two requests for one address go one after the other, also when it has no login yet."""
    db.session.execute(db.select(db.func.pg_advisory_xact_lock(db.func.hashtextextended(email, 0))))
