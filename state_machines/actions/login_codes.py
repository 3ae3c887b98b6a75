"""The codes of sign-ins: they are emailed, tried, and sent again."""

import hashlib
import hmac
import secrets
from uuid import UUID

from config import settings
from models.base import db
from models.ids import uuid7
from models.login import LIVE, Login
from models.user import REFUSED, User
from state_machines.actions import login_emails
from state_machines.login import LoginMachine, LoginSignal

# For each login. Wrong codes from its browser lock it; those from elsewhere close only that way.
MAX_WRONG_CODES = 5


def make_code() -> str:
    """Return six random digits."""
    return f"{secrets.randbelow(1_000_000):06}"


def hash_code(code_id: UUID, code: str) -> str:
    """Return the hash of a code, keyed with CODE_SECRET so that the table reveals no codes."""
    return hmac.new(
        settings.code_secret.encode(), f"{code_id}:{code}".encode(), hashlib.sha256
    ).hexdigest()


def begin_login(email: str, browser_hash: str | None = None) -> Login:
    """Begin a login for `email` from a browser, and end that browser's older logins.

    No email is sent during the cooldown after an unused one: another browser joins the login of
    that email, and its code is valid for both.

    Raises TooManyError when this browser has that email already, or too many were sent in all.
    """
    lock_address(email)
    mailed = None if browser_hash is None else login_emails.find_unused(email)
    if mailed is not None:
        login_emails.refuse_again(mailed, browser_hash)
    else:
        login_emails.refuse_flood()
    _supersede(email, browser_hash)
    login = Login(id=uuid7(), email=email, browser_hash=browser_hash)
    if mailed is not None:
        login.code_id, login.code_hash = mailed.login.id, mailed.login.code_hash
        LoginMachine.begin(login, LoginSignal.JOIN)
        # Joining does not extend the life of the code.
        login.deadline_at = mailed.login.deadline_at
        return login
    code = make_code()
    login.code_id, login.code_hash = login.id, hash_code(login.id, code)
    LoginMachine.begin(login, LoginSignal.ASK, secret=code)
    return login


def try_code(login: Login, code: str, *, bound: bool = True) -> bool:
    """Try a code on a live, locked login, and return whether the login has succeeded.

    The fifth wrong code of requests that are `bound` to the login locks it. So does the right code
    of a user who may not sign in.
    """
    if hmac.compare_digest(login.code_hash, hash_code(login.code_id, code)):
        if _is_refused(login.email):
            LoginMachine.send(login, LoginSignal.LOCK, reason="this user may not sign in")
            return False
        LoginMachine.send(login, LoginSignal.RIGHT_CODE)
        return True
    if bound:
        login.wrong_codes += 1
    else:
        login.unbound_codes += 1
    is_last = bound and login.wrong_codes >= MAX_WRONG_CODES
    LoginMachine.send(login, LoginSignal.LOCK if is_last else LoginSignal.WRONG_CODE)
    return False


def resend_code(login: Login, *, reason: str | None = None) -> None:
    """Send a new code for a login whose email failed, and for the logins that joined it.

    The old code becomes invalid. Raises SignalRefusedError unless the login is CodeUnsent.
    """
    code = make_code()
    LoginMachine.send(login, LoginSignal.RESEND, reason=reason, secret=code)
    login.code_hash = hash_code(login.code_id, code)
    db.session.execute(
        db.update(Login)
        .where(Login.email == login.email, Login.code_id == login.code_id, Login.id != login.id)
        .values(code_hash=login.code_hash)
    )


def lock_address(email: str) -> None:
    """Lock an address until the transaction ends, even if it has no login yet."""
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
            LoginMachine.send(older, LoginSignal.SUPERSEDE)


def _is_refused(email: str) -> bool:
    refused = db.select(User.id).where(User.email == email, User.status.in_(REFUSED))
    return db.session.scalar(refused) is not None
