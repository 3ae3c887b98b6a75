"""Actors of changes, who are users or operators of the command line."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from models import User
from models.base import db


def load_emails(actors: Iterable[str | None]) -> dict[str, str]:
    """Return the addresses of those actors that are users, in the current transaction."""
    keys = {key for actor in actors if (key := _read_id(actor)) is not None}
    if not keys:
        return {}
    rows = db.session.execute(select(User.id, User.email).where(User.id.in_(keys)))
    return {str(row.id): row.email for row in rows}


def _read_id(actor: str | None) -> UUID | None:
    try:
        return UUID(actor)
    except (TypeError, ValueError):
        return None
