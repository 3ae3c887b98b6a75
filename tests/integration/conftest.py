"""Fixtures of the integration tests: a clock that moves, the services, and a depot of parcels."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models import clock
from models.clock import MovableClock
from state_machines.durable import Activity, unit_of_work
from state_machines.durable.unit_of_work import Committed
from tasks.activities import ACTIVITIES
from tests.support.depot import Depot
from tests.support.parcel import Announce, Courier
from web import create_app
from web.rate_limits import limiter


@pytest.fixture(scope="session", autouse=True)
def activities() -> tuple[type[Activity[Any, Any, Any]], ...]:
    """Register the activities of the shop: the engine knows those that have been imported."""
    return ACTIVITIES


@pytest.fixture
def time() -> Iterator[MovableClock]:
    with clock.stopped() as moved:
        yield moved


@pytest.fixture
def committed() -> Iterator[list[Committed]]:
    """Return a list that collects the commits, as a dispatching process receives them."""
    commits: list[Committed] = []
    unit_of_work.after_commit(commits.append)
    yield commits
    unit_of_work.remove_listener(commits.append)


@pytest.fixture(scope="session")
def shop(flask_app: Flask) -> Flask:
    """Every service in one application."""
    return create_app()


@pytest.fixture
def client(shop: Flask, app: Flask) -> FlaskClient:
    """Return a browser without cookies on an empty database, before its first request."""
    with shop.app_context():
        limiter.reset()
    return shop.test_client()


@pytest.fixture
def depot(database: object, committed: list[Committed]) -> Depot:
    return Depot()


@pytest.fixture
def courier() -> Courier:
    Announce.courier = Courier()
    return Announce.courier
