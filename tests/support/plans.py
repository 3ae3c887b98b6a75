"""Plans of PostgreSQL: each statement of the code is explained at the moment when it is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from sqlalchemy import Connection, Engine, event

from config import settings
from tests.support.statements import written_out

EXPLAINED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
# What may be read as a whole, and why.
SMALL = {
    "product": "the catalogue is as large as the shop's shelves",
    "pause": "as many as operators have made",
    "provider_limit": "one a provider at most",
    "sweep": "one row",
    "bulk": "as many as operators have begun, forgotten after RETENTION_DAYS",
    "reconciliation": "one an hour, forgotten after RETENTION_DAYS",
    "test_parcel": "of the tests' own machine",
}


class Plans:
    """PostgreSQL's plans for each statement that the code sends."""

    def __init__(self) -> None:
        self.connection = psycopg2.connect(settings.database_url.replace("+psycopg2", ""))
        self.connection.autocommit = True
        self.seen: set[str] = set()
        self.whole: list[tuple[str, str]] = []
        self.indexes: dict[str, set[str]] = {}

    def look(self, cursor: Any, statement: str, parameters: Any) -> None:
        """Explain a statement that is about to be sent, once."""
        if statement in self.seen or not statement.lstrip().startswith(EXPLAINED):
            return
        self.seen.add(statement)
        filled = cursor.mogrify(
            statement, parameters[0] if isinstance(parameters, list) else parameters
        )
        with self.connection.cursor() as own:
            own.execute(b"EXPLAIN (FORMAT JSON) " + filled)
            ((plan,),) = own.fetchall()
            self.indexes[statement] = set(_list_indexes(plan[0]["Plan"]))
            for table in _read_whole(plan[0]["Plan"]):
                own.execute("SELECT reltuples FROM pg_class WHERE relname = %s", (table,))
                # PostgreSQL knows that an empty table, such as a new machine's, is read at once.
                if table not in SMALL and own.fetchall() != [(0,)]:
                    self.whole.append((table, statement))


def _read_whole(plan: dict[str, Any], *, limited: bool = False) -> Iterator[str]:
    """Return the tables read row by row and the indexes read from end to end.

    An index of rows in progress is short, until very much is in progress.
    """
    kind = plan["Node Type"]
    limited |= kind == "Limit"
    if kind == "Seq Scan":
        yield plan["Relation Name"]
    elif "Index Name" in plan and "Index Cond" not in plan and not limited:
        yield plan["Index Name"]
    for part in plan.get("Plans", ()):
        yield from _read_whole(part, limited=limited)


def _list_indexes(plan: dict[str, Any]) -> Iterator[str]:
    """Yield the names of the indexes that a plan reads."""
    if "Index Name" in plan:
        yield plan["Index Name"]
    for part in plan.get("Plans", ()):
        yield from _list_indexes(part)


@contextmanager
def explained() -> Iterator[Plans]:
    """Explain every statement that is sent inside."""
    collected = Plans()

    def look(connection: Connection, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        collected.look(cursor, *written_out(connection, statement, parameters))

    event.listen(Engine, "before_cursor_execute", look)
    try:
        yield collected
    finally:
        event.remove(Engine, "before_cursor_execute", look)
        collected.connection.close()
