"""Trouble with PostgreSQL: statements and commits that fail when the dice say so."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

# An error of PostgreSQL's own: whoever swallows it has a transaction in which nothing works.
FAIL = "DO $$ BEGIN RAISE EXCEPTION 'out of memory' USING ERRCODE = 'out_of_memory'; END $$"


class TroubleError(OperationalError):
    """A statement or a commit has failed on purpose."""


class Trouble:
    """Failures of statements and commits.

    `met` counts them since it was last read. Every statement that contains `poison` fails.
    """

    def __init__(self) -> None:
        self.poison = ""
        self._moments: list[int] = []
        self._passed = self.met = 0

    @contextmanager
    def at(self, moments: list[int]) -> Iterator[None]:
        """Make the statements and commits with these numbers fail, counted from 1.

        If such a failure ends the work of the block, the block ends without an error.
        """
        self._moments, self._passed, self.met = moments, 0, 0
        try:
            yield
        except TroubleError:
            pass  # a web server answers 500, a worker's task fails
        finally:
            self._moments = []

    def come_past(self, connection: Connection, statement: str = "") -> None:
        self._passed += 1
        is_poisoned = self.poison and self.poison in statement
        if not is_poisoned and self._passed not in self._moments:
            return
        self.met += 1
        cursor = connection.connection.cursor()
        try:
            cursor.execute(FAIL)
        except psycopg2.Error as error:
            raise TroubleError(None, None, error) from error


trouble = Trouble()


@event.listens_for(Engine, "before_cursor_execute")
def _statement(connection: Connection, _: Any, statement: str, *__: Any) -> None:
    trouble.come_past(connection, statement)


@event.listens_for(Engine, "commit")
def _commit(connection: Connection) -> None:
    trouble.come_past(connection)
