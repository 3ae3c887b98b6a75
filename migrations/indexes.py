"""Indexes and checks of large tables, added and dropped while the shop goes on."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from alembic import op
from sqlalchemy import TextClause, text

IS_INVALID = text("SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(:name) AND NOT indisvalid")


def build_index(name: str, table: str, columns: Sequence[str | TextClause], **options: Any) -> None:
    """Build an index unless it is there; one that an interrupted build has left invalid is rebuilt.

    What the migration did before this is committed: it must be repeatable.
    """
    with _concurrently():
        if op.get_bind().scalar(IS_INVALID, {"name": name}):
            op.drop_index(name, table_name=table, postgresql_concurrently=True)
        op.create_index(
            name, table, columns, if_not_exists=True, postgresql_concurrently=True, **options
        )


def drop_index(name: str, table: str) -> None:
    """Drop an index if it is there. What the migration did before this is committed."""
    with _concurrently():
        op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)


def replace_index(name: str, table: str, columns: Sequence[str], **options: Any) -> None:
    """Build an index in place of the one of this name, which serves until the new one is there."""
    build_index(f"{name}_new", table, columns, **options)
    drop_index(name, table)
    op.execute(f"ALTER INDEX {name}_new RENAME TO {name}")


def add_check(name: str, table: str, condition: str) -> None:
    """Add a CHECK constraint, and check the rows that are there without a lock on the table.

    What the migration did before this is committed: it must be repeatable.
    """
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({condition}) NOT VALID")
    with op.get_context().autocommit_block():
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


@contextmanager
def _concurrently() -> Iterator[None]:
    """Run the block outside of a transaction, where statements wait for locks without a limit.

    A concurrent build waits for every transaction that began before it, and nobody waits for the
    build. A timeout would leave an invalid index behind.
    """
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        try:
            yield
        finally:
            op.execute("RESET lock_timeout")
