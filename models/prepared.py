"""Queries that are compiled once, for reads so frequent that building them would cost most."""

from collections.abc import Callable, Sequence
from functools import cache, cached_property
from typing import Any

from sqlalchemy import BindParameter, ClauseElement, Connection, Engine, bindparam
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from models.base import db


class Prepared:
    """A query with named parameters, which is compiled at its first execution.

    Values are as the driver returns them.
    """

    def __init__(self, build: Callable[[], ClauseElement]) -> None:
        self._build = build

    def first(self, **parameters: Any) -> tuple[Any, ...] | None:
        """Return the first row, or None. Executed alone, outside of any transaction."""
        with _committing(db.engine).connect() as connection:
            return next(iter(self._execute(connection, parameters)), None)

    def within(self, session: Session, **parameters: Any) -> Sequence[tuple[Any, ...]]:
        """Return all rows, in the transaction of `session`, which sends its changes first."""
        session.flush()
        return self.unflushed(session, **parameters)

    def unflushed(self, session: Session, **parameters: Any) -> Sequence[tuple[Any, ...]]:
        """Return all rows, in the transaction of `session`, whose changes are not sent first."""
        return self._execute(session.connection(), parameters)

    def _execute(self, connection: Connection, parameters: dict[str, Any]) -> Sequence[Any]:
        statement, constants = self._compiled
        return connection.exec_driver_sql(statement, constants | parameters).all()

    @cached_property
    def _compiled(self) -> tuple[str, dict[str, Any]]:
        compiled = self._build().compile(
            dialect=db.engine.dialect, compile_kwargs={"render_postcompile": True}
        )
        return str(compiled), dict(compiled.params)


def parameter(name: str, kind: TypeEngine[Any] | None = None) -> BindParameter[Any]:
    """Return the named parameter of a prepared query; it is null in an execution without it."""
    return bindparam(name, type_=kind, required=False)


@cache
def _committing(engine: Engine) -> Engine:
    """Return the engine, with its connections, without the round trips of BEGIN and ROLLBACK."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")
