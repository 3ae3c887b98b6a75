"""The database session, the naming of constraints, and the transaction boundaries."""

import os
import re
import select
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import psycopg2
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, CheckConstraint, DateTime, Engine, Enum, MetaData, Text, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, registry
from sqlalchemy.pool import Pool

from config import settings
from models import clock, silence, text
from models.printable import protect_logs

text.register()


# The class of PostgreSQL's codes for errors that quote a value.
DATA_EXCEPTION, QUOTED = "22", re.compile('".*"', re.DOTALL)
READ_ONLY = "25006"
# Stripe's largest amount has twelve digits.
MinorUnits = Annotated[int, mapped_column(BigInteger)]


class Base(DeclarativeBase):
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


class Database(SQLAlchemy):
    """One engine, and so one pool of connections, for all applications of a process: PostgreSQL has
    a hundred for everybody.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(*arguments, **options)
        os.register_at_fork(after_in_child=self._leave_connections)

    def _leave_connections(self) -> None:
        """On one socket, a process and its fork would read each other's answers."""
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
    # Rows stay readable after the commit; whoever changes one locks and re-reads it first.
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
    """Raises psycopg2.OperationalError when the role that comes through a pooler has none."""
    if not settings.database_pooler:
        return
    with connection, connection.cursor() as cursor:
        cursor.execute(UNBOUNDED, (list(TIMEOUTS),))
        missing = ", ".join(name for (name,) in cursor)
    if missing:
        raise psycopg2.OperationalError(
            f"without {missing} it could wait for ever: `flask roles grant` gives them to a role"
        )


@event.listens_for(Pool, "checkout")
def _refuse_dead(connection: Any, *_: object) -> None:
    """A connection that PostgreSQL has closed (a crash, a restart) is replaced before it is used.

    Its socket then has something to read: no question to the server is needed for that.
    """
    watch = select.poll()
    watch.register(connection.fileno(), select.POLLIN)
    if watch.poll(0):
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
    """PostgreSQL's DETAIL, and the LINE that it points at, hold values of rows: no log has them."""
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
    """A server that takes no changes, as one that has become a standby, is as good as away: its
    connections are replaced by those of a server that does.
    """
    error = context.original_exception
    if getattr(error, "pgcode", None) != READ_ONLY or not isinstance(error, Exception):
        return None
    context.is_disconnect = True
    return OperationalError(context.statement, None, error, hide_parameters=True)


@contextmanager
def transaction() -> Iterator[Session]:
    """The only place where anything is committed; an exception rolls all of it back.

    Never call the network inside. Raises sqlalchemy.exc.InvalidRequestError when nested.
    """
    session: Session = db.session()
    with session.begin():
        if clock.needs_setting():
            # A connection brings the time along: nothing is judged by the host's.
            session.connection()
        yield session


@contextmanager
def reading(*, one_snapshot: bool = False) -> Iterator[Session]:
    """A transaction that only reads: it is ended without a commit, and nothing in it is kept. With
    `one_snapshot` all its statements see the same moment.
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
    """A text column that takes the values of `of` only, by a CHECK constraint called `name`."""
    return Enum(
        of,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


def attach(app: Any, *, pool_size: int) -> None:
    """Give the Flask application `app` its database, and logs that nobody else can write into."""
    protect_logs()
    if not settings.database_url:
        raise RuntimeError("DATABASE_URL is not set (`make run` starts a PostgreSQL of its own)")
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(pool_size)
    db.init_app(app)


# Seconds after its statement_timeout for which the server's word is waited for.
SILENCE = 1.5


def engine_options(pool_size: int, statement_timeout: float | None = None) -> dict[str, Any]:
    """How to connect. Waits are bounded everywhere: a stuck peer must not stick us."""
    return {
        "pool_size": pool_size,
        "max_overflow": OVERFLOW,
        "pool_timeout": 5,
        "pool_recycle": 1800,
        "pool_pre_ping": False,
        "pool_use_lifo": True,
        # Addresses and e-mails are among them.
        "hide_parameters": True,
        "json_serializer": text.dump_json,
        # One round trip for a whole batch of UPDATEs.
        "executemany_mode": "values_plus_batch",
        "connect_args": connect_arguments(statement_timeout or settings.statement_timeout),
    }


def connect_arguments(statement_timeout: float | None) -> dict[str, Any]:
    """How one connection is made. A host that went away is noticed within 11 s by the kernel, and
    one that is there and says nothing, a little after `statement_timeout` (seconds). With None a
    statement may take as long as it takes: for migrations.
    """
    timeouts = TIMEOUTS | {"statement_timeout": f"{int(1000 * (statement_timeout or 0))}ms"}
    arguments: dict[str, Any] = {
        "connect_timeout": 5,
        "keepalives": 1,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        # Milliseconds until what was sent must have arrived.
        "tcp_user_timeout": 10_000,
    }
    if not settings.database_pooler:
        options = (f"-c {name}={value}" for name, value in timeouts.items())
        arguments["options"] = " ".join(options)
    if statement_timeout is not None:
        arguments["connection_factory"] = silence.watched(statement_timeout + SILENCE)
        arguments["cursor_factory"] = silence.WatchedCursor
    return arguments
