"""`/ready` says in words what is away: Redis, beat, a worker, the sweep."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

import heartbeats
from config import settings
from launch.children import run
from launch.stack import ROOT
from models import transaction
from models.base import db
from models.clock import MovableClock
from state_machines.durable import sweep
from tests.support.web import Json
from web import changes
from web.application import create_app

HOST = socket.gethostname()


@pytest.fixture
def server() -> Iterator[redis.Redis]:
    with redis.Redis.from_url(settings.redis_url) as connection:
        yield connection
        connection.config_set("maxmemory", 0)
        for name in (heartbeats.BEAT, *heartbeats.QUEUES):
            connection.delete(f"projectx:here:{name}", f"projectx:here:{name}@{HOST}")


@pytest.fixture
def client(app: object) -> Iterator[FlaskClient]:
    with create_app().test_client() as test_client:
        yield test_client


@pytest.fixture
def everybody(server: redis.Redis, app: object, time: MovableClock) -> None:
    heartbeats.announce(server, heartbeats.BEAT, *heartbeats.QUEUES)
    sweep.due_activities()


def ready(client: FlaskClient) -> Json:
    answer = client.get("/ready")
    assert answer.status_code == 200, "what is degraded is ready all the same"
    report: Json = answer.get_json()
    return report


@pytest.mark.usefixtures("everybody")
def test_a_healthy_system_is_ready(client: FlaskClient) -> None:
    states = dict.fromkeys(("status", "postgresql", "redis"), "ok")
    assert ready(client) == {**states, "reasons": [], "paused": []}


@pytest.fixture
def standby(app: Flask) -> Iterator[None]:
    """Make PostgreSQL read-only, as a server that was the primary until a moment ago."""
    set_read_only("on")
    # Connections of before take changes still.
    db.engine.dispose()
    yield
    set_read_only("off")
    db.engine.dispose()


def set_read_only(how: str) -> None:
    address = settings.database_url.replace("+psycopg2", "")
    connection = psycopg2.connect(address, options="-c default_transaction_read_only=off")
    connection.autocommit = True
    with closing(connection), connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        ((name,),) = cursor.fetchall()
        cursor.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {how}")


@pytest.mark.usefixtures("standby")
def test_a_read_only_database_is_not_ready(client: FlaskClient) -> None:
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert (answer.json or {})["postgresql"] == "read only"


@pytest.mark.usefixtures("standby")
def test_a_write_to_a_standby_answers_503_and_drops_its_connection(
    client: FlaskClient,
) -> None:
    refused = client.post("/auth/login", json={"email": "ann@example.com"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
    # New connections take changes, that one would not.
    set_read_only("off")
    again = client.post("/auth/login", json={"email": "ann@example.com"})
    assert again.status_code == 201


def test_two_revisions_at_once_are_not_ready(client: FlaskClient) -> None:
    with transaction() as session:
        session.execute(text("INSERT INTO alembic_version VALUES ('0001')"))
    try:
        answer = client.get("/ready")
        assert answer.status_code == 503
        assert (answer.json or {})["postgresql"] == "not migrated"
    finally:
        with transaction() as session:
            session.execute(text("DELETE FROM alembic_version WHERE version_num = '0001'"))


@pytest.mark.usefixtures("everybody")
def test_an_old_sweep_is_degraded(client: FlaskClient, time: MovableClock) -> None:
    time.advance(seconds=75)
    report = ready(client)
    assert (report["status"], report["reasons"]) == ("degraded", ["the last sweep was 75 s ago"])


@pytest.mark.usefixtures("everybody")
def test_a_missing_beat_and_a_queue_without_a_worker_are_degraded(
    client: FlaskClient, server: redis.Redis
) -> None:
    server.delete("projectx:here:beat", "projectx:here:emails")
    report = ready(client)
    assert report["status"] == "degraded"
    assert report["reasons"] == ["no beat", "no worker takes emails"]


@pytest.mark.usefixtures("everybody")
def test_a_full_redis_is_degraded(client: FlaskClient, server: redis.Redis) -> None:
    server.config_set("maxmemory", 1)
    report = ready(client)
    assert (report["status"], report["redis"]) == ("degraded", "full")
    assert report["reasons"] == ["Redis is full: nothing is announced"]
    assert changes.redis_client().ping(), "it answers, and takes nothing"


def test_a_system_before_its_first_sweep_is_degraded(client: FlaskClient) -> None:
    assert "no sweep yet" in ready(client)["reasons"]


@pytest.mark.usefixtures("everybody")
def test_a_container_is_healthy_while_its_own_heartbeat_is_young(
    server: redis.Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    assert heartbeats.main(["sweep", "payments"]) == 0
    # A worker on another host still takes this queue.
    server.delete(f"projectx:here:sweep@{HOST}")
    assert heartbeats.main(["sweep", "payments"]) == 1
    assert capsys.readouterr().out == f"no heartbeat in 60 s: sweep@{HOST}\n"


@pytest.mark.slow
def test_an_unreachable_redis_makes_no_container_unhealthy() -> None:
    done = run(
        [sys.executable, "-m", "heartbeats", "beat"],
        env=os.environ | {"REDIS_URL": "redis://127.0.0.1:9/0"},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout[:9]) == (0, "unknown: "), done.stderr
