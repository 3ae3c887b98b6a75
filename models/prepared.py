"""Queries that are compiled once, for reads so frequent that building them would cost most."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, NamedTuple
from uuid import uuid4

from psycopg2.extensions import AsIs
from sqlalchemy import BindParameter, ClauseElement, Connection, bindparam
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from models.base import db

# The option of an engine whose connections PostgreSQL knows again, as without a pooler.
KEEPS_PLANS = "keeps_plans"
# Prepared statements of a connection: PostgreSQL keeps some 30 KB for each.
MAX_STATEMENTS = 100


class Query(NamedTuple):
    """The text of a query for the driver, its constants, and the names of its parameters."""

    text: str
    constants: dict[str, Any]
    names: list[str]


class Prepared:
    """A query with named parameters, which is compiled at its first execution.

    PostgreSQL parses and plans it once for each connection, which costs several times as much as
    its execution. Values are as the driver returns them.
    """

    def __init__(self, build: Callable[[], ClauseElement]) -> None:
        self._build = build

    def first(self, **parameters: Any) -> tuple[Any, ...] | None:
        """Return the first row, or None. Executed alone, outside of any transaction."""
        with _committing() as connection:
            return next(iter(self._execute(connection, parameters)), None)

    def within(self, session: Session, **parameters: Any) -> Sequence[tuple[Any, ...]]:
        """Return all rows, in the transaction of `session`, which sends its changes first."""
        session.flush()
        return self.unflushed(session, **parameters)

    def unflushed(self, session: Session, **parameters: Any) -> Sequence[tuple[Any, ...]]:
        """Return all rows, in the transaction of `session`, whose changes are not sent first."""
        return self._execute(session.connection(), parameters)

    def _execute(self, connection: Connection, parameters: dict[str, Any]) -> Sequence[Any]:
        query = self.compiled
        values = dict.fromkeys(query.names) | parameters
        if not connection.engine.get_execution_options().get(KEEPS_PLANS):
            return connection.exec_driver_sql(query.text, query.constants | values).all()
        statements: dict[Prepared, str] = connection.info.setdefault(KEEPS_PLANS, {})
        if self not in statements:
            statements[self] = self._prepare(connection, statements)
        return connection.exec_driver_sql(statements[self], values).all()

    def _prepare(self, connection: Connection, statements: dict["Prepared", str]) -> str:
        """Prepare the statement in a connection, and return the statement that executes it."""
        if len(statements) >= MAX_STATEMENTS:
            connection.exec_driver_sql("DEALLOCATE ALL")
            statements.clear()
        text, constants, names = self.compiled
        # A name of its own: behind a pooler that no setting tells of, it may be another process's.
        name = f"prepared_{uuid4().hex}"
        places = {key: AsIs(f"${place}") for place, key in enumerate(names, start=1)}
        connection.exec_driver_sql(f"PREPARE {name} AS {text}", constants | places)
        arguments = ", ".join(f"%({key})s" for key in names)
        return f"EXECUTE {name} ({arguments})" if names else f"EXECUTE {name}"

    @cached_property
    def compiled(self) -> Query:
        """The query as it is sent, without the statement PREPARE."""
        compiled: Any = self._build().compile(
            dialect=db.engine.dialect, compile_kwargs={"render_postcompile": True}
        )
        names = [name for name, bind in compiled.binds.items() if not bind.unique]
        constants = {key: value for key, value in compiled.params.items() if key not in names}
        return Query(str(compiled), constants, names)


def parameter(name: str, kind: TypeEngine[Any] | None = None) -> BindParameter[Any]:
    """Return the named parameter of a prepared query; it is null in an execution without it."""
    return bindparam(name, type_=kind, required=False)


@contextmanager
def _committing() -> Iterator[Connection]:
    """Yield a connection of the pool, without the round trips of BEGIN and ROLLBACK."""
    with db.engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        # Another isolation level, left by SQLAlchemy, would be reset by a statement each time.
        driver.isolation_level = None
        driver.autocommit = True
        try:
            yield connection
        finally:
            if not driver.closed:
                driver.autocommit = False
