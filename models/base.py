"""The database session, the naming of constraints, and the transaction boundaries."""

import os
import re
import select
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import psycopg2
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    DateTime,
    Engine,
    Enum,
    MetaData,
    Text,
    event,
)
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, registry
from sqlalchemy.pool import Pool

from config import settings
from models import clock, silence, text
from models.printable import protect_logs

if TYPE_CHECKING:
    from models.personal import Personal

text.register()


# The class of PostgreSQL's codes for errors that quote a value.
DATA_EXCEPTION, QUOTED = "22", re.compile('".*"', re.DOTALL)
READ_ONLY = "25006"
# Stripe's largest amount has twelve digits.
MinorUnits = Annotated[int, mapped_column(BigInteger)]


class Base(DeclarativeBase):
    """A table. `personal` says what it holds about a person, or why it holds nothing."""

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


# A pooler takes no options: there, the role has them (`flask roles grant`).
TIMEOUTS = {
    "timezone": "UTC",
    "statement_timeout": f"{int(1000 * settings.statement_timeout)}ms",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "30s",
}
# Connections of a process above its pool, at peaks.
OVERFLOW = 4
UNBOUNDED = "SELECT name FROM pg_settings WHERE name = ANY (%s) AND setting = '0'"


@event.listens_for(Pool, "connect")
def _refuse_without_timeouts(connection: Any, *_: object) -> None:
    """Raise psycopg2.OperationalError when the role behind a pooler has no timeouts."""
    if not settings.database_pooler:
        return
    with connection, connection.cursor() as cursor:
        cursor.execute(UNBOUNDED, (list(TIMEOUTS),))
        missing = ", ".join(name for (name,) in cursor)
    if missing:
        raise psycopg2.OperationalError(
            f"the role has no {missing}: set them with `flask roles grant`"
        )


@event.listens_for(Pool, "checkout")
def _refuse_dead(connection: Any, *_: object) -> None:
    """Replace a connection that PostgreSQL has closed (crash, restart) before it is used.

    The socket of a closed connection is readable, so no query is needed.
    """
    poller = select.poll()
    poller.register(connection.fileno(), select.POLLIN)
    if poller.poll(0):
        raise DisconnectionError
    if clock.needs_setting():
        _set_clock(connection)


def _set_clock(connection: Any) -> None:
    asked_at = clock.tick()
    try:
        with connection.cursor() as cursor:
            cursor.execute(clock.ASK)
            ((seconds,),) = cursor.fetchall()
        connection.rollback()
    except psycopg2.OperationalError as error:
        raise DisconnectionError from error
    clock.set_by_database(float(seconds), asked_at)


@event.listens_for(Engine, "handle_error")
def _name_no_values(context: ExceptionContext) -> None:
    """Remove DETAIL and LINE from errors: they hold values of rows, which must not be logged."""
    error = context.original_exception
    primary = getattr(getattr(error, "diag", None), "message_primary", None)
    if primary is None:
        return
    if str(getattr(error, "pgcode", "")).startswith(DATA_EXCEPTION):
        primary = QUOTED.sub('"…"', primary)
    for named in (error, context.sqlalchemy_exception):
        if named is not None:
            named.args = (f"{type(error).__name__}: {primary}", *named.args[1:])


@event.listens_for(Engine, "handle_error", retval=True)
def _leave_standbys(context: ExceptionContext) -> OperationalError | None:
    """Treat a read-only server, such as a new standby, as disconnected.

    Its connections are then replaced by connections to the primary.
    """
    error = context.original_exception
    if getattr(error, "pgcode", None) != READ_ONLY or not isinstance(error, Exception):
        return None
    context.is_disconnect = True
    return OperationalError(context.statement, None, error, hide_parameters=True)


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


def attach(app: Any, *, pool_size: int) -> None:
    """Configure the database of the Flask application `app`, and protect the logs."""
    protect_logs()
    if not settings.database_url:
        raise RuntimeError("DATABASE_URL is not set (`make run` starts a PostgreSQL of its own)")
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(pool_size)
    db.init_app(app)


# Seconds to wait for the server after its statement_timeout.
SILENCE = 1.5


def engine_options(pool_size: int, statement_timeout: float | None = None) -> dict[str, Any]:
    """Return the options of the engine. Every wait is bounded."""
    return {
        "pool_size": pool_size,
        "max_overflow": OVERFLOW,
        "pool_timeout": 5,
        "pool_recycle": 1800,
        "pool_pre_ping": False,
        "pool_use_lifo": True,
        # Parameters contain addresses and e-mails.
        "hide_parameters": True,
        "json_serializer": text.dump_json,
        # One round trip for a whole batch of UPDATEs.
        "executemany_mode": "values_plus_batch",
        "connect_args": connect_arguments(statement_timeout or settings.statement_timeout),
    }


def connect_arguments(statement_timeout: float | None) -> dict[str, Any]:
    """Return the arguments of one connection.

    The kernel detects a lost host within 11 s. A silent server is given up SILENCE seconds after
    `statement_timeout` (seconds). None sets no limit: for migrations.
    """
    timeouts = TIMEOUTS | {"statement_timeout": f"{int(1000 * (statement_timeout or 0))}ms"}
    arguments: dict[str, Any] = {
        "connect_timeout": 5,
        "keepalives": 1,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        # Milliseconds until sent data must be acknowledged.
        "tcp_user_timeout": 10_000,
    }
    if not settings.database_pooler:
        options = (f"-c {name}={value}" for name, value in timeouts.items())
        arguments["options"] = " ".join(options)
    if statement_timeout is not None:
        arguments["connection_factory"] = silence.watched(statement_timeout + SILENCE)
        arguments["cursor_factory"] = silence.WatchedCursor
    return arguments
