"""Refresh tokens, rotated at each use.

The tokens of a session form a family: each contains the session's id and its number in the family,
and is derived from the session's secret. So reuse of an old token is detected without a table of
used ones, and a repeated request gets the same next token.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import undefer

from config import settings
from models.base import db
from models.clock import now
from models.ids import uuid7
from models.secret import UnreadableSecretError
from models.user import REFUSED, User, UserSession

# A response may be lost, and tabs may refresh at the same moment: for this time after its
# replacement, a token still returns the newest one.
GRACE = timedelta(seconds=30)
MAX_AGENT_LENGTH = 300  # characters
TOKEN = re.compile(r"([0-9a-f]{32})\.([1-9][0-9]{0,8})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class Rotation:
    """An open session with the token for its next refresh."""

    user: User
    session: UserSession
    token: str


def open_session(
    user: User,
    *,
    user_agent: str,
    ip_address: str,
    methods: Iterable[str] = (),
    login_id: UUID | None = None,
) -> Rotation:
    """Sign `user` in on one more device, by `methods` (RFC 8176)."""
    at = now()
    session = UserSession(
        id=uuid7(),
        user_id=user.id,
        family_secret=secrets.token_urlsafe(32),
        generation=1,
        superseded_at=[],
        user_agent=user_agent[:MAX_AGENT_LENGTH],
        ip_address=ip_address,
        methods=list(methods),
        login_id=login_id,
        expires_at=at + timedelta(seconds=settings.refresh_token_lifetime),
    )
    db.session.add(session)
    db.session.flush()
    return Rotation(user, session, _token(session))


def rotate(token: str) -> Rotation | None:
    """Trade a token for the next one. Returns None when it is unknown or dead.

    Use of a token that was replaced more than GRACE ago means that it was stolen: the session is
    revoked, which must be committed, and None is returned.
    """
    session, generation = _lock_session(token)
    if session is None or session.revoked_at is not None or session.expires_at <= now():
        return None
    user = db.session.get_one(User, session.user_id)
    if user.status in REFUSED:
        return None
    if generation >= session.generation:
        # A greater number is valid too: the database may have lost its last commits.
        _supersede(session, generation)
    elif not _is_fresh(session, generation):
        session.revoked_at = now()
        return None
    return Rotation(user, session, _token(session))


def revoke(token: str) -> None:
    """Revoke the session of a token, even of one that was replaced long ago."""
    session, _ = _lock_session(token)
    if session is not None:
        session.revoked_at = session.revoked_at or now()


def _supersede(session: UserSession, generation: int) -> None:
    at = now()
    session.superseded_at = [t for t in session.superseded_at if at - t <= GRACE] + [at]
    session.generation = generation + 1
    session.rotated_at = at


def _is_fresh(session: UserSession, generation: int) -> bool:
    """Return whether this older token was replaced within GRACE."""
    steps_back = session.generation - generation
    if steps_back > len(session.superseded_at):
        return False
    return now() - session.superseded_at[-steps_back] <= GRACE


def _lock_session(token: str) -> tuple[UserSession | None, int]:
    """Lock the session whose token this is, and return it with the token's number."""
    parts = TOKEN.fullmatch(token)
    if parts is None:
        return None, 0
    query = select(UserSession).where(UserSession.id == UUID(parts[1])).with_for_update()
    try:
        session = db.session.scalar(
            query.options(undefer(UserSession.family_secret)).execution_options(
                populate_existing=True
            )
        )
    except UnreadableSecretError:
        # Without its key in ENCRYPTION_KEYS, no token of the session can be verified.
        return None, 0
    generation = int(parts[2])
    if session is None or not session.family_secret:
        return None, 0
    mac = _mac(session.family_secret, session.id, generation)
    return (session, generation) if hmac.compare_digest(mac, parts[3]) else (None, 0)


def _token(session: UserSession) -> str:
    mac = _mac(session.family_secret or "", session.id, session.generation)
    return f"{session.id.hex}.{session.generation}.{mac}"


def _mac(family_secret: str, session_id: UUID, generation: int) -> str:
    text = f"refresh.{session_id}.{generation}"
    digest = hmac.new(family_secret.encode(), text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
