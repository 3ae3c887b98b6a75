"""The email addresses of the people whom the audit and the history name by their ids."""

from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from sqlalchemy import select

from models import User
from models.base import db


def load_emails(names: Iterable[str | None]) -> dict[str, str]:
    """Return the addresses of the users among `names`, by name. Others are not users' ids."""
    ids = set()
    for name in names:
        with suppress(ValueError):
            ids.add(UUID(name or ""))
    if not ids:
        return {}
    rows = db.session.execute(select(User.id, User.email).where(User.id.in_(ids)))
    return {str(user_id): email for user_id, email in rows}
