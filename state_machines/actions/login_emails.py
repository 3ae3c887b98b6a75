"""The limits of emails with codes, for one address and for all addresses together.

The rows of the logins are counted, so that no other table is needed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from config import settings
from models.base import db
from models.clock import now
from models.errors import TooManyError
from models.ids import first_of
from models.login import Login, LoginState
from models.problem_codes import ProblemKind

HOUR = timedelta(hours=1)
# Unused emails within an hour before the cooldown begins to double with each.
FREE_EMAILS = 5
# More unused emails do not lengthen the cooldown.
MAX_COUNTED_EMAILS = 20
JOINABLE = (LoginState.CODE_PENDING, LoginState.CODE_SENT)


@dataclass(frozen=True, slots=True)
class Mailed:
    """The login of an unused email. No other email is sent to its address before `until`."""

    login: Login
    until: datetime


def find_unused(email: str) -> Mailed | None:
    """Return the newest unused email to this address during its cooldown, else None.

    Emails before the last sign-in do not count: somebody reads them.
    """
    since = first_of(now() - HOUR)
    used = (
        select(Login.id)
        .where(Login.email == email, Login.id > since, Login.state == LoginState.SUCCEEDED)
        .order_by(Login.id.desc())
        .limit(1)
    )
    emails = db.session.scalars(
        select(Login)
        .where(
            Login.email == email,
            Login.id > (db.session.scalar(used) or since),
            Login.code_id == Login.id,
        )
        .order_by(Login.id.desc())
        .limit(MAX_COUNTED_EMAILS)
        .execution_options(populate_existing=True)
    ).all()
    if not emails:
        return None
    until = emails[0].created_at + _cooldown(len(emails))
    return Mailed(emails[0], until) if until > now() else None


def next_email_at(login: Login) -> datetime | None:
    """Return the time from which the browser of a login may request another email; None is now.

    A login that has ended does not say.
    """
    mailed = find_unused(login.email) if login.live else None
    return mailed.until if mailed and _is_refused(mailed, login.browser_hash) else None


def refuse_again(mailed: Mailed, browser_hash: str | None) -> None:
    """Raise TooManyError when this browser waits for that email, or when its code is invalid."""
    if _is_refused(mailed, browser_hash):
        seconds = (mailed.until - now()).total_seconds()
        message = "A code was sent a moment ago: wait before you ask again"
        raise TooManyError(message, ProblemKind.CODE_JUST_SENT, seconds)


def _is_refused(mailed: Mailed, browser_hash: str | None) -> bool:
    login = mailed.login
    mine = select(Login.id).where(
        Login.email == login.email, Login.code_id == login.id, Login.browser_hash == browser_hash
    )
    is_good = login.state in JOINABLE and (login.deadline_at or now()) > now()
    return not is_good or db.session.scalar(mine.limit(1)) is not None


def refuse_flood() -> None:
    """Raise TooManyError when LOGIN_EMAILS_PER_HOUR were sent, to all addresses together."""
    first_of_last = db.session.scalar(
        select(Login.created_at)
        .where(Login.id > first_of(now() - HOUR), Login.code_id == Login.id)
        .order_by(Login.id.desc())
        .offset(settings.login_emails_per_hour - 1)
        .limit(1)
    )
    if first_of_last is not None:
        seconds = (first_of_last + HOUR - now()).total_seconds()
        message = "Too many people ask for codes: try again later"
        raise TooManyError(message, ProblemKind.CODES_PER_HOUR, seconds)


def _cooldown(emails: int) -> timedelta:
    """Return the cooldown after this number of unused emails.

    It ends within half the life of the code, so that another browser can still join.
    """
    seconds = settings.login_cooldown * 2 ** max(0, emails - FREE_EMAILS)
    longest = max(settings.login_cooldown, settings.login_timeout / 2)
    return timedelta(seconds=min(seconds, longest))
