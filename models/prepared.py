"""Queries that are compiled once, for reads so frequent that building them would cost most."""

from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

from sqlalchemy import BindParameter, ClauseElement, Engine, bindparam

from models.base import db


class Prepared:
    """A query with named parameters, which is compiled at its first execution.

    It is executed alone, outside of any transaction: one statement sees one snapshot.
    """

    def __init__(self, build: Callable[[], ClauseElement]) -> None:
        self._build = build

    def first(self, **parameters: Any) -> tuple[Any, ...] | None:
        """Return the first row, or None. Raises sqlalchemy.exc.OperationalError as a session."""
        statement, constants = self._compiled
        with _committing(db.engine).connect() as connection:
            row = connection.exec_driver_sql(statement, constants | parameters).first()
        return None if row is None else tuple(row)

    @cached_property
    def _compiled(self) -> tuple[str, dict[str, Any]]:
        compiled = self._build().compile(
            dialect=db.engine.dialect, compile_kwargs={"render_postcompile": True}
        )
        return str(compiled), dict(compiled.params)


def parameter(name: str) -> BindParameter[Any]:
    """Return the named parameter of a prepared query; it is null in an execution without it."""
    return bindparam(name, required=False)


@cache
def _committing(engine: Engine) -> Engine:
    """Return the engine, with its connections, without the round trips of BEGIN and ROLLBACK."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")
