"""`/ready` says in words what is away: Redis, beat, a worker, the sweep."""

from collections.abc import Iterator

import pytest
import redis
from flask.testing import FlaskClient

import redis_url
from config import settings
from models import clock
from models.clock import MovableClock
from state_machines.durable import sweep
from tests.integration.web.conftest import Json
from web import bell, create_app


@pytest.fixture
def server() -> Iterator[redis.Redis]:
    with redis.Redis.from_url(settings.redis_url) as found:
        yield found
        found.config_set("maxmemory", 0)
        for name in (redis_url.BEAT, *redis_url.QUEUES):
            found.delete(f"projectx:here:{name}")


@pytest.fixture
def client(app: object) -> Iterator[FlaskClient]:
    with create_app().test_client() as found:
        yield found


@pytest.fixture
def time() -> Iterator[MovableClock]:
    with clock.stopped() as moved:
        yield moved


@pytest.fixture
def everybody(server: redis.Redis, app: object, time: MovableClock) -> None:
    redis_url.announce(server, redis_url.BEAT, *redis_url.QUEUES)
    sweep.due_activities()


def ready(client: FlaskClient) -> Json:
    answer = client.get("/ready")
    assert answer.status_code == 200, "what is degraded is ready all the same"
    found: Json = answer.get_json()
    return found


@pytest.mark.usefixtures("everybody")
def test_all_is_well(client: FlaskClient) -> None:
    assert ready(client) == {"status": "ok", "postgresql": "ok", "redis": "ok", "reasons": []}


@pytest.mark.usefixtures("everybody")
def test_a_sweep_that_is_older_than_a_minute(client: FlaskClient, time: MovableClock) -> None:
    time.advance(seconds=75)
    found = ready(client)
    assert (found["status"], found["reasons"]) == ("degraded", ["the last sweep was 75 s ago"])


@pytest.mark.usefixtures("everybody")
def test_nobody_beats_and_nobody_takes_emails(client: FlaskClient, server: redis.Redis) -> None:
    server.delete("projectx:here:beat", "projectx:here:emails")
    found = ready(client)
    assert found["status"] == "degraded"
    assert found["reasons"] == ["no beat", "no worker takes emails"]


@pytest.mark.usefixtures("everybody")
def test_redis_is_full(client: FlaskClient, server: redis.Redis) -> None:
    server.config_set("maxmemory", 1)
    found = ready(client)
    assert (found["status"], found["redis"]) == ("degraded", "full")
    assert found["reasons"] == ["Redis is full: nothing is announced"]
    assert bell.client().ping(), "it answers, and takes nothing"


def test_before_the_first_sweep(client: FlaskClient) -> None:
    assert "no sweep yet" in ready(client)["reasons"]
