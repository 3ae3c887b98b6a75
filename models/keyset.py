"""Keyset pages: opaque cursors that continue a list, and counts that stop at a limit."""

import base64
import binascii
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_, union_all

from models.base import db

# A count reads no more rows than this.
MAX_COUNT = 1000
# A page whose conditions have no index looks through so many rows.
MAX_SCANNED_ROWS = 5_000
# The range of a bigint.
MAX_INTEGER = 2**63


class CursorError(ValueError):
    """The cursor of a request is none that we have issued for this list."""

    field = "cursor"
    message = "is not a cursor of this list: begin again without one"

    def __init__(self) -> None:
        super().__init__(f"{self.field}: {self.message}")


@dataclass(frozen=True, slots=True)
class KeysetPage:
    """The rows of a page, and the cursor of the next page; None on the last one."""

    rows: list[Any]
    next: str | None


class Count(NamedTuple):
    """A number of rows. Unless `is_exact`, there are more."""

    number: int
    is_exact: bool


def load_page(
    query: Select[Any],
    columns: Sequence[Any],
    cursor: str | None,
    size: int,
    *,
    descending: bool = True,
) -> KeysetPage:
    """Load a page of `query` in the order of `columns`, which are unique together and never null.

    The rows are entities when the query selects one thing, otherwise tuples. An index on the
    columns makes each page equally cheap. Raises CursorError.
    """
    key = tuple_(*columns)
    if cursor is not None:
        last = tuple_(*decode_cursor(cursor, [column.type.python_type for column in columns]))
        query = query.where(key < last if descending else key > last)
    order = [column.desc() if descending else column.asc() for column in columns]
    # Not only selected columns may order a list.
    labelled = [column.label(f"cursor_{number}") for number, column in enumerate(columns)]
    rows = db.session.execute(query.add_columns(*labelled).order_by(*order).limit(size + 1)).all()
    page, width = rows[:size], len(columns)
    following = encode_cursor(page[-1][-width:]) if len(rows) > size else None
    items = [row[0] if len(row) == width + 1 else tuple(row[:-width]) for row in page]
    return KeysetPage(items, following)


def scan_page(
    row: type[Any],
    cursor: str | None,
    size: int,
    *conditions: Any,
    among: Sequence[Any] = (),
    options: Sequence[Any] = (),
) -> KeysetPage:
    """Load a page of rows by their id, newest first, for conditions without an index.

    It looks through MAX_SCANNED_ROWS at most, so that it may have few rows, or none, and yet a
    `next`. It looks only through rows that meet `among`, which has an index. Raises CursorError.
    """
    key = row.id
    older = [*among] if cursor is None else [*among, key < decode_cursor(cursor, [UUID])[0]]
    end = _find_end(row, older)
    bounds = older if end is None else [*older, key >= end]
    query = select(row).where(*bounds, *conditions).order_by(key.desc()).limit(size + 1)
    rows = db.session.scalars(query.options(*options)).all()
    page = list(rows[:size])
    following = page[-1].id if len(rows) > size else end
    return KeysetPage(page, None if following is None else encode_cursor([following]))


def count_scanned(row: type[Any], *conditions: Any, among: Sequence[Any]) -> Count | None:
    """Count rows as `scan_page` finds them, or return None when there are too many to look at."""
    if _find_end(row, among) is not None:
        return None
    return count_rows(select(row.id).where(*among, *conditions))


def _find_end(row: type[Any], conditions: Sequence[Any]) -> Any:
    """Return the id of the last row that a scan looks at, or None when it reaches the end."""
    ids = select(row.id).where(*conditions).order_by(row.id.desc())
    return db.session.scalar(ids.offset(MAX_SCANNED_ROWS - 1).limit(1))


def count_list(query: Select[Any], page: KeysetPage, cursor: str | None) -> Count:
    """Count the rows of a list, of which a page is loaded: a first page may be all of it."""
    if cursor is None and page.next is None:
        return Count(len(page.rows), is_exact=True)
    return count_rows(query)


def merge_pages(
    row: type[Any],
    column: Any,
    values: Collection[Any],
    cursor: str | None,
    size: int,
    *conditions: Any,
) -> KeysetPage:
    """Load a page of the rows whose `column` has one of `values`, by their id, newest first.

    An index on the column and the id finds the newest rows of each value, however old they are.
    Raises CursorError.
    """
    older = [] if cursor is None else [row.id < decode_cursor(cursor, [UUID])[0]]
    ids = _newest_of_each(row, column, values, size + 1, *older, *conditions)
    return load_page(select(row).where(row.id.in_(ids)), [row.id], cursor, size)


def count_merged(row: type[Any], column: Any, values: Collection[Any], *conditions: Any) -> Count:
    """Count the rows whose `column` has one of `values`, up to a limit, by the same index."""
    return count_rows(_newest_of_each(row, column, values, MAX_COUNT + 1, *conditions))


def _newest_of_each(
    row: type[Any], column: Any, values: Collection[Any], number: int, *conditions: Any
) -> Select[Any]:
    newest = select(row.id).where(*conditions).order_by(row.id.desc()).limit(number)
    parts = (select(newest.where(column == value).subquery().c.id) for value in values)
    return select(union_all(*parts).subquery().c.id)


def count_rows(query: Select[Any], limit: int = MAX_COUNT) -> Count:
    """Count the rows of a query, up to `limit`."""
    rows = query.order_by(None).limit(limit + 1).subquery()
    number = db.session.scalar(select(func.count()).select_from(rows)) or 0
    return Count(min(number, limit), number <= limit)


def load_distinct(column: Any, *conditions: Any) -> list[Any]:
    """Load the different values of a column, by a step in its index for each of them."""
    smallest = select(func.min(column).label("value"))
    steps = smallest.where(*conditions).cte("steps", recursive=True)
    following = smallest.where(column > steps.c.value, *conditions).scalar_subquery()
    steps = steps.union_all(select(following).where(steps.c.value.is_not(None)))
    return list(db.session.scalars(select(steps.c.value).where(steps.c.value.is_not(None))))


def encode_cursor(values: Sequence[Any]) -> str:
    """Return the cursor of a row with these values: text without a meaning for clients."""
    texts = [value.isoformat() if isinstance(value, datetime) else str(value) for value in values]
    packed = json.dumps(texts, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode_cursor(cursor: str, types: Sequence[type]) -> list[Any]:
    """Return the values of a cursor, of these types. Raises CursorError."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        texts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        return [_read(text, kind) for text, kind in zip(texts, types, strict=True)]
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise CursorError from error


def _read(text: Any, kind: type) -> Any:
    """Return a value of a cursor. Raises ValueError or TypeError."""
    if not isinstance(text, str) or "\x00" in text:
        raise TypeError("a cursor has texts without zero bytes")
    if kind is datetime:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("a time of a cursor has a zone")
        return moment
    if kind is UUID:
        return UUID(text)
    if kind is int:
        number = int(text)
        if not -MAX_INTEGER <= number < MAX_INTEGER:
            raise ValueError("a number of a cursor is a bigint")
        return number
    return text
