"""How Alembic reaches the database: through the Flask application, a transaction a migration."""

from alembic import context
from flask import current_app
from sqlalchemy import NullPool, create_engine

from models.connection import connect_arguments

migrate = current_app.extensions["migrate"]
# A migration may take as long as it takes: what ends statements of the shop does not end it. But one
# that waits for a lock would have everybody else wait behind it.
engine = create_engine(
    migrate.db.engine.url, poolclass=NullPool, connect_args=connect_arguments(None)
)


def include(name: str | None, kind: str, _parents: object) -> bool:
    """Tables that only tests make are none of our business."""
    return not (kind == "table" and (name or "").startswith("test_"))


with engine.connect() as connection:
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
