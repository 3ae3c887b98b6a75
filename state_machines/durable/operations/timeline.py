"""The timeline of a family of executions: transitions, activities and signals, newest first."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, true, tuple_

from models.base import db
from models.durable.activity import ActivityRow
from models.durable.signal import SignalRow
from models.durable.transition import Transition
from models.keyset import KeysetPage, decode_cursor, encode_cursor


@dataclass(frozen=True, slots=True)
class Source:
    """A table of the timeline: the time of its rows, their key, and the condition of a family."""

    row: type[Any]
    at: Any
    key: tuple[Any, ...]
    belongs_to: Callable[[Collection[UUID]], ColumnElement[bool]]

    def place(self, row: Any) -> tuple[datetime, UUID, int]:
        """Return the time and the key of a row."""
        first, *others = (getattr(row, column.key) for column in self.key)
        return getattr(row, self.at.key), first, others[0] if others else 0


HISTORY = Source(
    Transition,
    Transition.at,
    (Transition.subject_id, Transition.version),
    Transition.subject_id.in_,
)
ACTIVITIES = Source(
    ActivityRow,
    ActivityRow.created_at,
    (ActivityRow.id,),
    ActivityRow.subject_id.in_,
)
SIGNALS = Source(SignalRow, SignalRow.received_at, (SignalRow.id,), SignalRow.subject_id.in_)
# Of rows of one moment, those of the last source come first.
SOURCES = (HISTORY, ACTIVITIES, SIGNALS)
CURSOR = (datetime, int, UUID, int)


def load_timeline(
    ids: Collection[UUID], cursor: str | None, size: int, sources: Sequence[Source] = SOURCES
) -> KeysetPage:
    """Load a page of the rows of a family of executions, newest first. Raises CursorError.

    An application may add sources of its own. Each row is a pair of its source and the entity.
    """
    last = None if cursor is None else tuple(decode_cursor(cursor, CURSOR))
    entries = []
    for rank, source in enumerate(sources):
        at, key = source.at, source.key
        query = select(source.row).where(source.belongs_to(ids), _follows(at, key, rank, last))
        query = query.order_by(at.desc(), *(column.desc() for column in key)).limit(size + 1)
        for row in db.session.scalars(query):
            time, first, number = source.place(row)
            entries.append(((time, rank, first, number), source, row))
    entries.sort(key=lambda entry: entry[0], reverse=True)
    page = entries[:size]
    following = encode_cursor(page[-1][0]) if len(entries) > size else None
    return KeysetPage([(source, row) for _, source, row in page], following)


def _follows(
    at: Any, key: Sequence[Any], rank: int, last: tuple[Any, ...] | None
) -> ColumnElement[bool]:
    """Return the condition that rows of the source `rank` come after the last row of a page."""
    if last is None:
        return true()
    time, last_rank, first, number = last
    if rank == last_rank:
        values = (time, first, number)[: 1 + len(key)]
        follows: ColumnElement[bool] = tuple_(at, *key) < tuple_(*values)
        return follows
    earlier: ColumnElement[bool] = at <= time if rank < last_rank else at < time
    return earlier
