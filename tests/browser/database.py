"""The rows of the running system, for what a story cannot reach through its interfaces."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2

Row = tuple[Any, ...]


def execute(url: str, query: str, values: Any = None) -> list[Row]:
    """Execute a statement in a transaction of its own, and return the rows that it returns."""
    with transact(url, query, values) as rows:
        return rows


@contextmanager
def transact(url: str, query: str, values: Any = None) -> Iterator[list[Row]]:
    """Yield the rows that a statement returns, in its transaction, which holds its locks."""
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(query, values)
        yield list(cursor.fetchall()) if cursor.description else []
