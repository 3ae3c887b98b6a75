"""The base class of the rows, the database session, and the transaction boundaries."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    DateTime,
    Engine,
    Enum,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, registry

from models import clock, text

if TYPE_CHECKING:
    from models.personal import Personal

text.register()


# Stripe's largest amount has twelve digits.
MinorUnits = Annotated[int, mapped_column(BigInteger)]


class Base(DeclarativeBase):
    """A table. `personal` declares its personal data, or has the reason why it holds none."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: DateTime(timezone=True), str: Text()},
    )
    personal: "ClassVar[Personal | str]" = ""

    @classmethod
    def expired(cls, _limit: datetime, /) -> ColumnElement[bool] | None:
        """Return the condition of the rows that retention deletes, or None to keep all rows.

        Only rows that were made before `limit` are deleted.
        """
        return None


def mapped_tables() -> list[type[Base]]:
    """Return the mapped classes, each after those that it refers to."""
    classes = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    return [classes[table] for table in Base.metadata.sorted_tables if table in classes]


class Database(SQLAlchemy):
    """A database with one engine, and so one connection pool, for all applications of a process."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(*arguments, **options)
        os.register_at_fork(after_in_child=self._leave_connections)

    def _leave_connections(self) -> None:
        """Drop inherited connections: a process and its fork would read each other's answers."""
        for engine in self._engines.values():
            engine.dispose(close=False)

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Any) -> Engine:
        url = str(options["url"])
        if url not in self._engines:
            self._engines[url] = super()._make_engine(bind_key, options, app)
        return self._engines[url]


db = Database(
    model_class=Base,
    disable_autonaming=True,
    # Rows stay readable after the commit; changes lock and re-read the row first.
    session_options={"expire_on_commit": False},
)


def table_of(model: type[Base]) -> Table:
    """Return the table of `model`, for statements that read or write columns and no objects."""
    return cast("Table", model.__table__)


@contextmanager
def transaction() -> Iterator[Session]:
    """Run a transaction: commit at the end, roll back on an exception. Nothing else commits.

    Never call the network inside. Raises sqlalchemy.exc.InvalidRequestError when nested.
    """
    session: Session = db.session()
    with session.begin():
        if clock.needs_setting():
            # Opening a connection sets the clock, so that the host's time is never used.
            session.connection()
        yield session


@contextmanager
def reading(*, one_snapshot: bool = False) -> Iterator[Session]:
    """Run a read-only transaction, which is rolled back at its end.

    With `one_snapshot` all its statements see the same snapshot.
    """
    session: Session = db.session()
    with session.begin() as current:
        if one_snapshot:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session
        # A rollback expires all rows; detached, they stay as they were read.
        session.expunge_all()
        current.rollback()


def currency_form(column: str = "currency") -> CheckConstraint:
    """Return the constraint that `column` has the form of a currency, as Stripe writes it."""
    return CheckConstraint(f"{column} ~ '^[a-z]{{3}}$'", column)


def text_enum(of: type[StrEnum], name: str) -> Enum:
    """Return a text type limited to the values of `of` by a CHECK constraint called `name`."""
    return Enum(
        of,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


def is_unknown_state(error: BaseException) -> bool:
    """Return whether a row is unreadable because its enum lacks a value, as a newer release's."""
    # SQLAlchemy raises a plain LookupError, as others do.
    return type(error) is LookupError and "not among the defined enum values" in str(error)
