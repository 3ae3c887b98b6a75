"""What every row that a machine moves has: a state, a version and perhaps a deadline."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models import clock
from models.ids import uuid7


class Execution:
    """One row that a machine moves. Its history is in `models.durable.transition`."""

    if TYPE_CHECKING:
        __tablename__: str
        state: Mapped[str]

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    version: Mapped[int] = mapped_column(default=0)
    deadline_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)


class Polled:
    """A row about which the outside world is asked at `poll_at`, in case its word got lost."""

    poll_at: Mapped[datetime | None]


def deadline_index(table: str) -> Index:
    """Only waiting rows are indexed: the sweep costs what is due, not what there is."""
    return _index_of_waiting(table, "deadline_at")


def poll_index(table: str) -> Index:
    """As with deadlines: only rows that are to be asked about."""
    return _index_of_waiting(table, "poll_at")


def _index_of_waiting(table: str, column: str) -> Index:
    return Index(f"ix_{table}_{column}", column, postgresql_where=text(f"{column} IS NOT NULL"))
