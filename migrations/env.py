"""How Alembic reaches the database: through the Flask application, in one transaction."""

from alembic import context
from flask import current_app
from sqlalchemy import text

migrate = current_app.extensions["migrate"]
engine = migrate.db.engine


def include(name: str | None, kind: str, _parents: object) -> bool:
    """Tables that only tests make are none of our business."""
    return not (kind == "table" and (name or "").startswith("test_"))


with engine.connect() as connection:
    # A migration that waits for a lock would have everybody else wait behind it.
    connection.execute(text("SET lock_timeout = '5s'"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=migrate.db.metadata,
        include_name=include,
        **migrate.configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
