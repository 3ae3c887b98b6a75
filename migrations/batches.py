"""Changing many rows of a running shop: some at a time, each batch committed by itself."""

from alembic import op
from sqlalchemy import text

BATCH = 10_000


def update_in_batches(table: str, assignments: str, where: str, *, batch: int = BATCH) -> int:
    """Run an UPDATE of `table` for `batch` rows at a time, until `where` finds no more; return how
    many rows were changed.

    Others' rows are locked for one batch only. `where` must not find a row that was changed: a
    migration that was cut off is run again. Let it do nothing before this that cannot be repeated,
    since what it did is committed by then.
    """
    statement = text(
        f"UPDATE {table} SET {assignments} WHERE ctid IN"  # noqa: S608  the migrations' own words
        f" (SELECT ctid FROM {table} WHERE {where} LIMIT :batch FOR UPDATE)"
    )
    changed = 0
    with op.get_context().autocommit_block():
        while found := op.get_bind().execute(statement, {"batch": batch}).rowcount:
            changed += found
    return changed
