"""The rows of the running system, for what a story cannot reach through its interfaces."""

from contextlib import closing
from typing import Any

import psycopg2

Row = tuple[Any, ...]


def execute(url: str, query: str, values: Any = None) -> list[Row]:
    """Execute a statement in a transaction of its own, and return the rows that it returns."""
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall()) if cursor.description else []
