"""Checks that an execution has not moved since it was read, and that a request has moved one."""

from typing import Any

from sqlalchemy import select

from models.base import db
from models.durable.transition import Transition
from state_machines.durable.operations.commands import OperationRefusedError
from state_machines.durable.unit_of_work import unit_of_work


class UnchangedError(Exception):
    """All is as it was requested already. It undoes a change that is not to be audited again."""


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


def require_moves() -> None:
    """Raise UnchangedError unless the transaction has moved an execution: it repeats another."""
    work = unit_of_work()
    if not (work.history or work.activities or work.written_activities):
        raise UnchangedError
