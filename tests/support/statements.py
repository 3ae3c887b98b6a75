"""The statements that a test sends to PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import Connection, event

from models.base import db
from models.prepared import KEEPS_PLANS


def written_out(connection: Connection, statement: str, parameters: Any) -> tuple[str, Any]:
    """Return the prepared query that a statement executes, or the statement, and its parameters."""
    for prepared, execution in connection.info.get(KEEPS_PLANS, {}).items():
        if execution == statement:
            return prepared.compiled.text, prepared.compiled.constants | parameters
    return statement, parameters


@contextmanager
def statements_of(app: Flask) -> Iterator[list[str]]:
    """Collect the statements of the block, without those that a connection sends only once."""
    statements: list[str] = []

    def note(connection: Connection, _: Any, statement: str, parameters: Any, *__: Any) -> None:
        if not statement.startswith("PREPARE"):
            statements.append(written_out(connection, statement, parameters)[0])

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
