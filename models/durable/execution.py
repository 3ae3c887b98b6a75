"""The columns that all rows moved by machines share: a state, a version and a deadline."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models import clock
from models.ids import uuid7


class Execution:
    """One row that a machine moves. Its history is in `models.durable.transition`."""

    plural: ClassVar[str] = "executions"

    if TYPE_CHECKING:
        __tablename__: str
        state: Mapped[str]

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    version: Mapped[int] = mapped_column(default=0)
    deadline_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


class Polled(Execution):
    """An execution whose state at a provider is polled at `poll_at`, in case a webhook got lost."""

    poll_at: Mapped[datetime | None]


def state_index(table: str) -> Index:
    """Return the index for lists of executions in a state; ids sort by time."""
    return Index(f"ix_{table}_state_id", "state", "id")


def deadline_index(table: str) -> Index:
    """Return the index of the rows that have a deadline, so that the sweep reads no others."""
    return _index_of_waiting(table, "deadline_at")


def poll_index(table: str) -> Index:
    """Return the index of the rows that are to be polled."""
    return _index_of_waiting(table, "poll_at")


def _index_of_waiting(table: str, column: str) -> Index:
    return Index(f"ix_{table}_{column}", column, postgresql_where=text(f"{column} IS NOT NULL"))
