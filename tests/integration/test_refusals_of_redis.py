"""A worker outlives a Redis that answers and refuses: it consumes again when Redis does."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from flask import Flask

from launch.redis import Redis
from launch.waiting import until
from tasks import queue_keys
from tasks.celery_app import app
from tests.support.workers import listens, running_worker

pytestmark = pytest.mark.slow

SWEEP = queue_keys.list_names("sweep")[0]
Change = Callable[[redis.Redis], object]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Redis]:
    with Redis(tmp_path / "redis") as running:
        yield running


@pytest.fixture
def client(server: Redis) -> Iterator[redis.Redis]:
    with redis.Redis(port=server.port) as connection:
        yield connection


def become_replica(client: redis.Redis) -> None:
    client.replicaof("127.0.0.1", 1)


def become_primary(client: redis.Redis) -> None:
    client.replicaof("NO", "ONE")


def miss_replicas(client: redis.Redis) -> None:
    client.config_set("min-replicas-to-write", 1)


def need_no_replicas(client: redis.Redis) -> None:
    client.config_set("min-replicas-to-write", 0)


@pytest.mark.parametrize(
    ("refuse", "accept"),
    [(become_replica, become_primary), (miss_replicas, need_no_replicas)],
    ids=["replica", "no replicas"],
)
def test_a_worker_consumes_again_when_redis_accepts_changes(
    server: Redis,
    client: redis.Redis,
    flask_app: Flask,
    tmp_path: Path,
    refuse: Change,
    accept: Change,
) -> None:
    log = tmp_path / "log"
    with running_worker(server, log) as worker:
        until(lambda: listens(server), "the worker's listening", seconds=60)
        refuse(client)
        # After the first attempt it pauses, also when it can connect.
        until(lambda: bool(worker.poll()) or "(2/None)" in log.read_text(), "two attempts")
        assert worker.poll() is None, log.read_text()[-3000:]
        accept(client)
        until(lambda: listens(server), "the worker's listening again")
        with app.connection_for_write(server.url) as connection:
            app.send_task("sweep", connection=connection)
        until(lambda: not client.llen(SWEEP), "the next sweep")
    assert "Traceback" not in log.read_text()


def test_a_worker_starts_while_redis_is_full(
    server: Redis, client: redis.Redis, flask_app: Flask, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    client.config_set("maxmemory", 1)
    with running_worker(server, log) as worker:
        until(lambda: bool(worker.poll()) or "(1/None)" in log.read_text(), "a first attempt")
        client.config_set("maxmemory", 0)
        until(lambda: bool(worker.poll()) or listens(server), "the worker's listening")
        assert worker.poll() is None, log.read_text()[-3000:]


def test_a_renamed_key_replaces_none_that_was_renamed_before(client: redis.Redis) -> None:
    for value in ("first", "second", "third"):
        client.hset(SWEEP, "value", value)
        assert queue_keys.set_aside(client) == 1
    kept = {client.hget(key, "value") for key in client.scan_iter("projectx:aside:*")}
    assert kept == {b"first", b"second", b"third"}
    assert queue_keys.set_aside(client) == 0
