"""Parts of a transaction that fail alone."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from models.base import db
from state_machines.durable.unit_of_work import unit_of_work, write_gathered

CHECK_DEFERRED = text("SET CONSTRAINTS ALL IMMEDIATE")


@contextmanager
def savepoint() -> Iterator[None]:
    """Run the block in a savepoint: an exception undoes it, and nothing else of the transaction."""
    session, earlier = db.session(), unit_of_work().copy()
    try:
        with session.begin_nested():
            yield
    except BaseException:
        session.info["unit_of_work"] = earlier
        raise


def write_as_commit() -> None:
    """Write what the commit would write, and check what it would check.

    In a savepoint, what fails at a commit then undoes that savepoint only.
    """
    write_gathered()
    db.session.execute(CHECK_DEFERRED)
