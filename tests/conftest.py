"""One PostgreSQL, one Redis and one sandbox for each of pytest's processes.

They are the project's own, or those of DATABASE_URL and REDIS_URL. The environment is set here,
before the first import of the project reads it.
"""

import atexit
import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from xdist.scheduler import LoadFileScheduling

from launch import children
from launch.frontend import Frontend, NoNodeError
from tests.support import environment, order

# The variables that a process of pytest has set: one that it starts makes its own.
OWN = "PROJECTX_TESTS_OWN"
GIVEN = ("DATABASE_URL", "REDIS_URL")

# Until the tests are collected: what imports create stays, and is not searched for garbage.
gc.disable()
inherited = os.environ.get(OWN, "").split()
variables = {name: value for name, value in os.environ.items() if name not in inherited}
children.end_in_order()
if "PYTEST_XDIST_WORKER" in os.environ:
    children.follow_parent()


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Start the services, unless this process only gives tests to others."""
    config = pluginmanager.get_plugin("pytestconfig")
    assert config is not None
    if config.known_args_namespace.numprocesses and "PYTEST_XDIST_WORKER" not in os.environ:
        return
    services = ExitStack()
    try:
        made = environment.prepare(services, variables)
    finally:
        # However the run ends, also when a test module cannot be imported; and before Python, which
        # deletes temporary folders at its end, takes the data from under a server.
        atexit.register(services.close)
    os.environ.update(made, **{OWN: " ".join(made)})


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("numprocesses") and any(name in variables for name in GIVEN):
        raise pytest.UsageError("DATABASE_URL and REDIS_URL are for one process: add -n 0")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return more processes than there are processors: many tests wait, the slow ones most."""
    return (os.cpu_count() or 1) + (1 if config.option.markexpr else 2)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order.sort(items)


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Have one process run all tests of the system that they share."""
    if config.getoption("dist") != "loadfile":
        return None
    scheduling = LoadFileScheduling(config, log)
    scheduling._split_scope = order.unit
    return scheduling


@pytest.fixture(scope="session")
def flask_app() -> Iterator[Flask]:
    """Yield an application with the schema, created by the migrations."""
    from tests.support.database import application, migrate

    app = application()
    migrate(app)
    yield app
    with app.app_context():
        from models.base import db

        db.engine.dispose()


@pytest.fixture
def app(flask_app: Flask) -> Iterator[Flask]:
    """Yield an application context on an empty database."""
    from tests.support.database import empty

    with flask_app.app_context():
        empty()
        yield flask_app


@pytest.fixture
def database(app: Flask) -> Flask:
    """Return the application to tests that need its rows and nothing else of it."""
    return app


@pytest.fixture(scope="session")
def pages() -> Path:
    """Return the folder of the web app, which is built if its sources have changed."""
    frontend = Frontend()
    try:
        frontend.build()
    except NoNodeError as error:
        pytest.skip(f"the web app cannot be built: {error}")
    return frontend.dist
