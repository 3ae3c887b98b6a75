"""The connections to PostgreSQL: their timeouts, their checks before use, and their errors."""

import re
import select
import sys
from typing import Any

import psycopg2
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.pool import Pool

from config import settings
from models import clock, metrics, silence, text
from models.base import db
from models.logs import protect_logs
from models.prepared import KEEPS_PLANS
from settings_error import SettingsError

# The class of PostgreSQL's codes for errors that quote a value.
DATA_EXCEPTION_CODES, QUOTED_VALUE = "22", re.compile('".*"', re.DOTALL)
# A read-only server, such as a new standby; a prepared query whose columns have other types, since
# a migration; and one that a pooler has discarded.
USELESS_CODES = ("25006", "0A000", "26000")
# A pooler accepts no options: there, the role has them (`flask roles grant`).
TIMEOUTS = {
    "timezone": "UTC",
    "statement_timeout": f"{int(1000 * settings.statement_timeout)}ms",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "30s",
}
# The server's side of the keepalives below. By the kernel's defaults it would keep the connections
# of a lost machine for two hours.
SERVER_KEEPALIVES = {
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    # A server on another system would log for each connection that it has no such timeout.
    **({"tcp_user_timeout": "10s"} if sys.platform == "linux" else {}),
}
# Maximum connections of a process above its pool, at peaks.
MAX_OVERFLOW = 4
UNLIMITED_TIMEOUTS = "SELECT name FROM pg_settings WHERE name = ANY (%s) AND setting = '0'"
# Seconds to wait for the server after its statement_timeout.
MAX_SILENCE_SECONDS = 1.5


@event.listens_for(Pool, "connect")
def _refuse_without_timeouts(connection: Any, *_: object) -> None:
    """Raise psycopg2.OperationalError when the role behind a pooler has no timeouts."""
    if not settings.database_pooler:
        return
    with connection, connection.cursor() as cursor:
        cursor.execute(UNLIMITED_TIMEOUTS, (list(TIMEOUTS),))
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
    """Set the clock of this process by PostgreSQL's."""
    asked_at = clock.tick()
    try:
        with connection.cursor() as cursor:
            cursor.execute(clock.TIME_QUERY)
            ((seconds,),) = cursor.fetchall()
        connection.rollback()
    except psycopg2.OperationalError as error:
        raise DisconnectionError from error
    clock.set_by_database(float(seconds), asked_at)


@event.listens_for(Engine, "handle_error")
def _remove_values(context: ExceptionContext) -> None:
    """Remove DETAIL and LINE from errors: they hold values of rows, which must not be logged."""
    error = context.original_exception
    primary = getattr(getattr(error, "diag", None), "message_primary", None)
    if primary is None:
        return
    if str(getattr(error, "pgcode", "")).startswith(DATA_EXCEPTION_CODES):
        primary = QUOTED_VALUE.sub('"…"', primary)
    for exception in (error, context.sqlalchemy_exception):
        if exception is not None:
            exception.args = (f"{type(error).__name__}: {primary}", *exception.args[1:])


@event.listens_for(Engine, "handle_error", retval=True)
def _disconnect_useless(context: ExceptionContext) -> OperationalError | None:
    """Treat connections that will fail again as disconnected: new ones replace them."""
    error = context.original_exception
    if getattr(error, "pgcode", None) not in USELESS_CODES or not isinstance(error, Exception):
        return None
    context.is_disconnect = True
    return OperationalError(context.statement, None, error, hide_parameters=True)


def engine_options(pool_size: int, statement_timeout: float | None = None) -> dict[str, Any]:
    """Return the options of the engine. Every wait is bounded."""
    return {
        "pool_size": pool_size,
        "max_overflow": MAX_OVERFLOW,
        "pool_timeout": 5,
        "pool_recycle": 1800,
        "pool_pre_ping": False,
        "pool_use_lifo": True,
        # Parameters contain addresses and emails.
        "hide_parameters": True,
        "json_serializer": text.dump_json,
        # A pooler gives each transaction another connection of PostgreSQL's.
        "execution_options": {KEEPS_PLANS: not settings.database_pooler},
        # One round trip for a whole batch of UPDATEs.
        "executemany_mode": "values_plus_batch",
        "connect_args": connect_arguments(statement_timeout or settings.statement_timeout),
    }


def connect_arguments(statement_timeout: float | None) -> dict[str, Any]:
    """Return the arguments of one connection.

    `statement_timeout` is in seconds; None sets no limit, for migrations. The kernel of each side
    detects within 11 s that the other host is lost; a pooler has to do so by its own settings. The
    connection to a silent server is closed MAX_SILENCE_SECONDS after the timeout.
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
        values = timeouts | SERVER_KEEPALIVES
        options = (f"-c {name}={value}" for name, value in values.items())
        arguments["options"] = " ".join(options)
    if statement_timeout is not None:
        arguments["connection_factory"] = silence.watched(statement_timeout + MAX_SILENCE_SECONDS)
        arguments["cursor_factory"] = silence.WatchedCursor
    return arguments


def attach(app: Any, *, pool_size: int) -> None:
    """Configure the database of the Flask application `app`, and protect the logs.

    Raises SettingsError without a DATABASE_URL.
    """
    protect_logs()
    if not settings.database_url:
        raise SettingsError("DATABASE_URL is not set (`make run` starts a PostgreSQL of its own)")
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(pool_size)
    db.init_app(app)
    limit = pool_size + MAX_OVERFLOW
    metrics.POOL_LIMIT.follow(lambda: limit)
    metrics.POOL_IN_USE.follow(lambda: _count_held(app))
    metrics.POOL_SHARE.follow(lambda: _count_held(app) / limit)


def _count_held(app: Any) -> int:
    """Return the number of connections that threads of this process hold."""
    with app.app_context():
        pool: Any = db.engine.pool
        return int(pool.checkedout())
