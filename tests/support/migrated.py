"""A database of its own for a test that migrates it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from sqlalchemy import create_engine, make_url, text

from config import settings
from models.base import db
from models.connection import engine_options


@contextmanager
def empty_database(name: str) -> Iterator[Flask]:
    """Make the database `name` without tables, and yield an application that uses it."""
    server = create_engine(settings.database_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(settings.database_url).set(database=name)
    app = Flask(name)
    app.config["SQLALCHEMY_DATABASE_URI"] = url.render_as_string(hide_password=False)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(2)
    db.init_app(app)
    Migrate(app, db, directory="migrations")
    with app.app_context():
        yield app
        db.engine.dispose()
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))
    server.dispose()


def run(statement: str, **values: Any) -> list[Any]:
    """Execute in a transaction, and return the rows as tuples, or as values where there is one."""
    with db.engine.begin() as connection:
        result = connection.execute(text(statement), values)
        rows = [tuple(row) for row in result] if result.returns_rows else []
    return [row[0] if len(row) == 1 else row for row in rows]
