"""One PostgreSQL, one Redis and one sandbox for each of pytest's processes: the project's own, or
those of DATABASE_URL and REDIS_URL. The environment is set here, before the first import of the
project reads it.
"""

import atexit
import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from flask import Flask

from tests import environment

GIVEN = ("DATABASE_URL", "REDIS_URL")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("numprocesses") and not hasattr(config, "workerinput"):
        # This process runs no test: it hands them out.
        if any(name in os.environ for name in GIVEN):
            raise pytest.UsageError("DATABASE_URL and REDIS_URL are for one process: add -n 0")
        return
    services = ExitStack()
    # However the run ends, also when a test module cannot be imported.
    atexit.register(services.close)
    os.environ.update(environment.prepare(services, os.environ))


@pytest.fixture(scope="session")
def flask_app() -> Iterator[Flask]:
    """The schema, made by the migrations, and an application that reaches it."""
    from tests.database import application, migrate

    app = application()
    migrate(app)
    yield app
    with app.app_context():
        from models.base import db

        db.engine.dispose()


@pytest.fixture
def app(flask_app: Flask) -> Iterator[Flask]:
    """An application context on an empty database."""
    from tests.database import empty

    with flask_app.app_context():
        empty()
        yield flask_app


@pytest.fixture
def database(app: Flask) -> Flask:
    """For tests that need the rows and nothing of the application."""
    return app
