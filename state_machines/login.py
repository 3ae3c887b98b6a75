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
from state_machines import mailing
from state_machines.durable import Arrow, Deadline, DurableMachine

# Of the browser that asked, and then the login is locked; of others, whose way alone is closed.
WRONG_CODES = 5


class LoginSignal(StrEnum):
    ASK = auto()  # somebody wants to sign in
    JOIN = auto()  # so does somebody else, and the code is in the e-mail that has just been sent
    PASSKEY = auto()  # somebody signs in with a passkey, which needs no code
    SENT = auto()  # SendGrid took the e-mail
    GAVE_UP = auto()  # SendGrid did not, or the e-mail bounced
    RESEND = auto()  # an operator
    WRONG_CODE = auto()
    RIGHT_CODE = auto()
    LOCK = auto()  # too many wrong codes, or a user who may not sign in
    EXPIRE = auto()  # the deadline
    NEW_DEVICE = auto()  # the browser has not signed in to this account before
    SUPERSEDE = auto()  # a newer sign-in for the same address


Sig = LoginSignal
SEND = ("emails.login_code",)
TELL = ("emails.new_device",)


class LoginMachine(DurableMachine[Login]):
    name = "login"
    model = Login
    states = S
    # The e-mail may have arrived although we never heard so: a code is good in all live states.
    # fmt: off
    arrows = (
        Arrow(Sig.ASK,        None,           S.CODE_PENDING, do=SEND),
        Arrow(Sig.JOIN,       None,           S.CODE_SENT),
        Arrow(Sig.PASSKEY,    None,           S.SUCCEEDED),
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

        Arrow(Sig.NEW_DEVICE, S.SUCCEEDED,    S.SUCCEEDED, do=TELL),

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


def code_hash(code_id: UUID, code: str) -> str:
    """What is kept of a code: keyed, so that the table alone does not give codes away."""
    return hmac.new(
        settings.code_secret.encode(), f"{code_id}:{code}".encode(), hashlib.sha256
    ).hexdigest()


def begin_login(email: str, browser_hash: str | None = None) -> Login:
    """Start a sign-in for `email` from a browser; older ones of the same browser end here.

    Within the cooldown after an e-mail that nobody has used yet, no other is sent: another browser
    joins the login of that e-mail, and the code in it is good for both.

    Raises TooManyError when this browser has that e-mail already, or too many were sent in all.
    """
    lock_address(email)
    mailed = None if browser_hash is None else mailing.find_unused(email)
    if mailed is not None:
        mailing.refuse_again(mailed, browser_hash)
    else:
        mailing.refuse_flood()
    _supersede(email, browser_hash)
    login = Login(id=uuid7(), email=email, browser_hash=browser_hash)
    if mailed is not None:
        login.code_id, login.code_hash = mailed.login.id, mailed.login.code_hash
        LoginMachine.begin(login, Sig.JOIN)
        # The code does not live longer for it.
        login.deadline_at = mailed.login.deadline_at
        return login
    code = new_code()
    login.code_id, login.code_hash = login.id, code_hash(login.id, code)
    LoginMachine.begin(login, Sig.ASK, secret=code)
    return login


def try_code(login: Login, code: str, *, bound: bool = True) -> bool:
    """Check a code against a live, locked login. The fifth wrong one locks it, unless it comes from
    a request that is not `bound` to it; so does the right one of somebody who may not sign in.
    """
    if hmac.compare_digest(login.code_hash, code_hash(login.code_id, code)):
        if _is_refused(login.email):
            LoginMachine.send(login, Sig.LOCK, reason="this user may not sign in")
            return False
        LoginMachine.send(login, Sig.RIGHT_CODE)
        return True
    if bound:
        login.wrong_codes += 1
    else:
        login.unbound_codes += 1
    is_last = bound and login.wrong_codes >= WRONG_CODES
    LoginMachine.send(login, Sig.LOCK if is_last else Sig.WRONG_CODE)
    return False


def resend_code(login: Login) -> None:
    """Send a new code for a login whose e-mail failed; the old code is dead, also for those who
    joined it.

    Raises SignalRefusedError unless the login is CodeUnsent.
    """
    code = new_code()
    LoginMachine.send(login, Sig.RESEND, secret=code)
    login.code_hash = code_hash(login.code_id, code)
    db.session.execute(
        db.update(Login)
        .where(Login.email == login.email, Login.code_id == login.code_id, Login.id != login.id)
        .values(code_hash=login.code_hash)
    )


def lock_address(email: str) -> None:
    """Two requests for one address go one after the other, also when it has no login yet."""
    db.session.execute(db.select(db.func.pg_advisory_xact_lock(db.func.hashtextextended(email, 0))))


def _supersede(email: str, browser_hash: str | None) -> None:
    live = db.session.scalars(
        db.select(Login.id).where(
            Login.email == email,
            Login.state.in_(LIVE),
            Login.browser_hash.is_not_distinct_from(browser_hash),
        )
    ).all()
    for older in LoginMachine.lock(live).values():
        if older.live:
            LoginMachine.send(older, Sig.SUPERSEDE)


def _is_refused(email: str) -> bool:
    refused = db.select(User.id).where(User.email == email, User.status.in_(REFUSED))
    return db.session.scalar(refused) is not None
