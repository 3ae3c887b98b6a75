"""Fixtures of the integration tests: a clock that moves, the services, parcels and people."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient

from config import settings
from launch.redis import Redis
from models import Product, User, clock, refresh, transaction
from models.clock import MovableClock
from models.ids import uuid7
from state_machines.durable import Activity, unit_of_work
from state_machines.durable.unit_of_work import Committed
from tasks.activities import ACTIVITIES
from tests.support.authenticator import Authenticator
from tests.support.codes import Browser
from tests.support.depot import Depot
from tests.support.factories import a_product
from tests.support.parcel import Announce, Courier
from tests.support.web import Person, SignIn
from web import tokens
from web.application import create_app
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
    """Create one application with all services."""
    return create_app()


@pytest.fixture
def client(shop: Flask, app: Flask) -> FlaskClient:
    """Return a browser without cookies on an empty database, before its first request."""
    with shop.app_context():
        limiter.reset()
    return shop.test_client()


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[Redis]:
    """Run a Redis for one test alone, which may stop or fill it."""
    with Redis(tmp_path / "redis") as running:
        yield running


@pytest.fixture
def redis_client(own_redis: Redis) -> Iterator[redis.Redis]:
    with redis.Redis(port=own_redis.port) as connection:
        yield connection


@pytest.fixture
def phone() -> Authenticator:
    return Authenticator(settings.links_url)


@pytest.fixture
def browser(client: FlaskClient, shop: Flask) -> Browser:
    """Make one more browser, which has no cookies yet."""
    return shop.test_client


@pytest.fixture
def depot(database: object, committed: list[Committed]) -> Depot:
    return Depot()


@pytest.fixture
def courier() -> Courier:
    Announce.courier = Courier()
    return Announce.courier


@pytest.fixture
def sign_in(client: FlaskClient) -> SignIn:
    def person(**fields: Any) -> Person:
        unique = uuid7().hex
        with transaction() as session:
            user = User(**{"email": f"{unique}@example.com", "username": unique} | fields)
            session.add(user)
            session.flush()
            opened = refresh.open_session(user, user_agent="tests", ip_address="127.0.0.1")
        token = tokens.issue(user, opened.session)
        return Person(client, user, opened.session.id, {"Authorization": f"Bearer {token}"})

    return person


@pytest.fixture
def ann(sign_in: SignIn) -> Person:
    return sign_in()


@pytest.fixture
def lamp(client: FlaskClient) -> Product:
    with transaction():
        return a_product(name="Desk lamp", price=4900)
