"""The tests' database: migrated once, emptied before each test."""

from functools import cache

from flask import Flask
from flask_migrate import Migrate, upgrade
from sqlalchemy import func, select, text

from models import connection
from models.base import Base, db, transaction


def application() -> Flask:
    """Return a bare application with the project's database."""
    app = Flask("tests")
    connection.attach(app, pool_size=20)
    Migrate(app, db, directory="migrations")
    return app


def migrate(app: Flask) -> None:
    """Bring the schema up to date, and make the tables of the tests' own machines."""
    with app.app_context():
        upgrade()
        Base.metadata.create_all(db.engine)


def empty() -> None:
    """Delete every row, also those that only retention may delete.

    Faster than `truncate()` where rows are few: it makes no files and waits for no disk.
    """
    _change("SET LOCAL synchronous_commit = off", *_deletions(tuple(Base.metadata.tables)))


@cache
def _deletions(_tables: tuple[str, ...]) -> list[str]:
    """Return the statements for these tables, which thousands of tests need alike."""
    # Rows that refer to others go first.
    return [str(table.delete()) for table in reversed(Base.metadata.sorted_tables)]


def truncate() -> None:
    """Delete every row, and leave no dead ones behind: for tests of plans and of large tables."""
    names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    _change(f"TRUNCATE {names} CASCADE")


def _change(*statements: str) -> None:
    with transaction() as session:
        session.execute(text("; ".join(["SET LOCAL projectx.retention = 'on'", *statements])))


def count_all_rows() -> dict[str, int]:
    """Return the number of rows of each table, by its name."""
    with transaction() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }
