"""How Alembic reaches the database: through the Flask application, a transaction a migration."""

from alembic import context
from alembic.migration import MigrationContext
from alembic.util import CommandError
from flask import current_app
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from config import settings
from models.connection import TIMEOUTS, connect_arguments

DIRECT = "Migrate with a direct connection to PostgreSQL, and without DATABASE_POOLER"
migrate = current_app.extensions["migrate"]
# A migration may take as long as it takes: what ends statements of the shop does not end it. But one
# that waits for a lock would have everybody else wait behind it.
engine = create_engine(
    migrate.db.engine.url, poolclass=NullPool, connect_args=connect_arguments(None)
)


def include(name: str | None, kind: str, _parents: object) -> bool:
    """Tables that only tests make are none of our business."""
    return not (kind == "table" and (name or "").startswith("test_"))


def refuse_pooler(connection: Connection) -> None:
    """Raise CommandError when a migration would run through a pooler such as PgBouncer.

    It changes timeouts of its session, which other processes would then get.
    """
    # A pooler refuses our options, or drops them.
    timeout = connection.scalar(text("SHOW lock_timeout"))
    has_pooler = settings.database_pooler or timeout != TIMEOUTS["lock_timeout"]
    current = MigrationContext.configure(connection).get_current_heads()
    connection.rollback()
    if has_pooler and set(current) != set(context.script.get_heads()):
        raise CommandError(f"DATABASE_URL leads through a pooler. {DIRECT}")


def connect() -> Connection:
    """Connect, or raise CommandError with a sentence: a PgBouncer refuses our options."""
    try:
        return engine.connect()
    except OperationalError as error:
        reason = " ".join(str(error.orig).split())
        hint = f". {DIRECT}" if settings.database_pooler else ""
        raise CommandError(f"DATABASE_URL: {reason}{hint}") from error


with connect() as connection:
    refuse_pooler(connection)
    context.configure(
        connection=connection,
        target_metadata=migrate.db.metadata,
        include_name=include,
        # One that changes rows in batches commits between them, and nothing of those before it.
        transaction_per_migration=True,
        **migrate.configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
