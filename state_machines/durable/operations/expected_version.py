"""The check that an execution has not moved since an operator read it."""

from typing import Any

from sqlalchemy import select

from models.base import db
from models.durable.transition import Transition
from state_machines.durable.operations.commands import OperationRefusedError


def require_version(row: Any, expected: int) -> None:
    """Refuse a change of a locked row whose version is not `expected`.

    Raises OperationRefusedError, which names the last move of the row.
    """
    if row.version == expected:
        return
    query = select(Transition).where(Transition.subject_id == row.id)
    last = db.session.scalar(query.order_by(Transition.version.desc()).limit(1))
    moved = f"it is {row.state} in version {row.version}, not {expected}"
    if last is not None:
        author = last.actor or last.cause
        moved += f"; {author} sent {last.signal} at {last.at.isoformat(timespec='seconds')}"
    raise OperationRefusedError(f"It has moved since it was read: {moved}. Nothing was changed.")
