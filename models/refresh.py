"""Refresh tokens: each can be used once, and a copy that is used later ends the session."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select

from config import settings
from models.base import db
from models.clock import now
from models.user import REFUSED, User, UserSession

# Two tabs may refresh at the same moment with the same token.
GRACE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Rotation:
    """A session that goes on. `token` is None when another tab has just been given it."""

    user: User
    session: UserSession
    token: str | None


def open_session(user: User, *, user_agent: str, ip_address: str) -> Rotation:
    """Sign `user` in on one more device."""
    token, at = secrets.token_urlsafe(32), now()
    session = UserSession(
        user_id=user.id,
        token_hash=_hash(token),
        user_agent=user_agent[:300],
        ip_address=ip_address,
        expires_at=at + timedelta(seconds=settings.refresh_token_lifetime),
    )
    db.session.add(session)
    db.session.flush()
    return Rotation(user, session, token)


def rotate(token: str) -> Rotation | None:
    """Trade a token for the next one. None when it is unknown, dead, or was used before: in that
    case a copy is about, and the session is revoked (which must be committed).
    """
    session = _locked(token)
    if session is None or session.revoked_at is not None or session.expires_at <= now():
        return None
    user = db.session.get_one(User, session.user_id)
    if user.status in REFUSED:
        return None
    if session.token_hash == _hash(token):
        following = secrets.token_urlsafe(32)
        session.previous_hash, session.token_hash = session.token_hash, _hash(following)
        session.rotated_at = now()
        return Rotation(user, session, following)
    if now() - session.rotated_at <= GRACE:
        return Rotation(user, session, None)
    session.revoked_at = now()
    return None


def revoke(token: str) -> None:
    """End the session of a token, if there is one."""
    session = _locked(token)
    if session is not None:
        session.revoked_at = session.revoked_at or now()


def _locked(token: str) -> UserSession | None:
    hashed = _hash(token)
    return db.session.scalar(
        select(UserSession)
        .where(or_(UserSession.token_hash == hashed, UserSession.previous_hash == hashed))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _hash(token: str) -> str:
    # The token has 256 random bits: no salt and no slow hash needed.
    return hashlib.sha256(token.encode()).hexdigest()
