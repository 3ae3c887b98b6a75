"""A worker outlives a Redis that answers and refuses: it consumes again when Redis does."""

from collections.abc import Callable
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


def become_replica(redis_client: redis.Redis) -> None:
    redis_client.replicaof("127.0.0.1", 1)


def become_primary(redis_client: redis.Redis) -> None:
    redis_client.replicaof("NO", "ONE")


def miss_replicas(redis_client: redis.Redis) -> None:
    redis_client.config_set("min-replicas-to-write", 1)


def need_no_replicas(redis_client: redis.Redis) -> None:
    redis_client.config_set("min-replicas-to-write", 0)


@pytest.mark.parametrize(
    ("refuse", "accept"),
    [(become_replica, become_primary), (miss_replicas, need_no_replicas)],
    ids=["replica", "no replicas"],
)
def test_a_worker_consumes_again_when_redis_accepts_changes(
    own_redis: Redis,
    redis_client: redis.Redis,
    flask_app: Flask,
    tmp_path: Path,
    refuse: Change,
    accept: Change,
) -> None:
    log = tmp_path / "log"
    with running_worker(own_redis, log) as worker:
        until(lambda: listens(own_redis), "the worker's listening", seconds=60)
        refuse(redis_client)
        # After the first attempt it pauses, also when it can connect.
        until(lambda: bool(worker.poll()) or "(2/None)" in log.read_text(), "two attempts")
        assert worker.poll() is None, log.read_text()[-3000:]
        accept(redis_client)
        until(lambda: listens(own_redis), "the worker's listening again")
        with app.connection_for_write(own_redis.url) as connection:
            app.send_task("sweep", connection=connection)
        until(lambda: not redis_client.llen(SWEEP), "the next sweep")
    assert "Traceback" not in log.read_text()


def test_a_worker_starts_while_redis_is_full(
    own_redis: Redis, redis_client: redis.Redis, flask_app: Flask, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    redis_client.config_set("maxmemory", 1)
    with running_worker(own_redis, log) as worker:
        until(lambda: bool(worker.poll()) or "(1/None)" in log.read_text(), "a first attempt")
        redis_client.config_set("maxmemory", 0)
        until(lambda: bool(worker.poll()) or listens(own_redis), "the worker's listening")
        assert worker.poll() is None, log.read_text()[-3000:]


def test_a_renamed_key_replaces_none_that_was_renamed_before(redis_client: redis.Redis) -> None:
    for value in ("first", "second", "third"):
        redis_client.hset(SWEEP, "value", value)
        assert queue_keys.set_aside(redis_client) == 1
    kept = {redis_client.hget(key, "value") for key in redis_client.scan_iter("projectx:aside:*")}
    assert kept == {b"first", b"second", b"third"}
    assert queue_keys.set_aside(redis_client) == 0
