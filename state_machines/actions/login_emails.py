"""How often codes are e-mailed: to one address, and to all of them together.

Counted in the rows of the logins, so that nothing else has to remember.
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

HOUR = timedelta(hours=1)
# E-mails within an hour that nobody used; after those, the cooldown doubles with each.
FREE_EMAILS = 5
# More of them do not lengthen the cooldown.
MAX_COUNTED_EMAILS = 20
JOINABLE = (LoginState.CODE_PENDING, LoginState.CODE_SENT)


@dataclass(frozen=True, slots=True)
class Mailed:
    """The login of an e-mail that nobody has used yet; until `until` no other one is sent."""

    login: Login
    until: datetime


def find_unused(email: str) -> Mailed | None:
    """Return the newest e-mail to this address, if its cooldown lasts still.

    One whose code was used has no cooldown: it went to somebody who reads what we send.
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


def refuse_again(mailed: Mailed, browser_hash: str | None) -> None:
    """Raises TooManyError when this browser waits for that e-mail already, or when its code is good
    for nobody any more.
    """
    login = mailed.login
    mine = select(Login.id).where(
        Login.email == login.email, Login.code_id == login.id, Login.browser_hash == browser_hash
    )
    is_good = login.state in JOINABLE and (login.deadline_at or now()) > now()
    if not is_good or db.session.scalar(mine.limit(1)) is not None:
        seconds = (mailed.until - now()).total_seconds()
        raise TooManyError("A code was sent a moment ago: wait before you ask again", seconds)


def refuse_flood() -> None:
    """Raises TooManyError when the e-mails of an hour are used up, those to all addresses."""
    first_of_last = db.session.scalar(
        select(Login.created_at)
        .where(Login.id > first_of(now() - HOUR), Login.code_id == Login.id)
        .order_by(Login.id.desc())
        .offset(settings.login_emails_per_hour - 1)
        .limit(1)
    )
    if first_of_last is not None:
        seconds = (first_of_last + HOUR - now()).total_seconds()
        raise TooManyError("Too many people ask for codes: try again later", seconds)


def _cooldown(emails: int) -> timedelta:
    """How long the newest of so many unused e-mails keeps the next one back: never for longer than
    half the life of its code, so that whoever asks meanwhile can still join.
    """
    seconds = settings.login_cooldown * 2 ** max(0, emails - FREE_EMAILS)
    longest = max(settings.login_cooldown, settings.login_timeout / 2)
    return timedelta(seconds=min(seconds, longest))
