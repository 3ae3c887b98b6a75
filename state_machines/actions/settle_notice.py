"""The settlement of a notice by a person."""

from uuid import UUID

from models.base import db
from models.clock import now
from models.errors import ConflictError, NotFoundError
from models.notice import Notice


def settle(notice_id: UUID) -> Notice:
    """Mark a notice as settled, and return it.

    Raises NotFoundError, or ConflictError when it is settled already.
    """
    notice = db.session.get(Notice, notice_id, with_for_update=True)
    if notice is None:
        raise NotFoundError(f"There is no notice {notice_id}")
    if notice.settled_at is not None:
        raise ConflictError(f"Notice {notice_id} is settled already")
    notice.settled_at = now()
    return notice
