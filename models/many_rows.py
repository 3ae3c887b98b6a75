"""Many rows in one statement: as arrays, a column each, which cost less than a list of values."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Insert, Table, column, func, insert, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from models.base import db

# Fewer rows are inserted as a list of values.
MIN_ROWS = 10


def as_table(rows: Sequence[Mapping[str, Any]], types: Mapping[str, TypeEngine[Any]]) -> Any:
    """Return the rows as a table `new` for a statement, with the columns of `types`."""
    arrays = [literal([row[name] for row in rows], ARRAY(kind)) for name, kind in types.items()]
    columns = [column(name, kind) for name, kind in types.items()]
    return func.unnest(*arrays).table_valued(*columns).render_derived("new")


def insert_all(table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that have the same columns. Values that all of them share are sent once."""
    if len(rows) < MIN_ROWS:
        db.session.execute(_insert_into(table), rows)
        return
    first = rows[0]
    different = [name for name in first if any(row[name] != first[name] for row in rows)]
    new = as_table(rows, {name: table.c[name].type for name in different})
    values = [
        new.c[name] if name in different else literal(value, table.c[name].type)
        for name, value in first.items()
    ]
    db.session.execute(
        _insert_into(table).from_select(list(first), select(*values).select_from(new))
    )


@cache
def _insert_into(table: Table) -> Insert:
    """Return the statement, which is built once for each table."""
    return insert(table)
