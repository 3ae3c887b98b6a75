"""The tests' database: migrated once, emptied before each test."""

from flask import Flask
from flask_migrate import Migrate, upgrade
from sqlalchemy import func, select, text

from models import base
from models.base import Base, db, transaction


def application() -> Flask:
    """A bare application with the project's database."""
    app = Flask("tests")
    base.attach(app, pool_size=20)
    Migrate(app, db, directory="migrations")
    return app


def migrate(app: Flask) -> None:
    """Bring the schema up to date, and make the tables of the tests' own machines."""
    with app.app_context():
        upgrade()
        Base.metadata.create_all(db.engine)


def empty() -> None:
    """Forget every row, also those that only retention may delete."""
    names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    with transaction() as session:
        session.execute(text("SET LOCAL projectx.retention = 'on'"))
        session.execute(text(f"TRUNCATE {names} CASCADE"))


def count_all_rows() -> dict[str, int]:
    """How many count_all_rows each table has."""
    with transaction() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }
