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


def changes_rights(*commands: str) -> Change:
    """Return what gives or takes rights to commands, and ends connections that used them."""

    def change(redis_client: redis.Redis) -> None:
        redis_client.acl_setuser("default", enabled=True, commands=commands)
        for kind in ("normal", "pubsub"):
            redis_client.client_kill_filter(_type=kind)

    return change


@pytest.mark.parametrize(
    ("refuse", "accept"),
    [
        (become_replica, become_primary),
        (miss_replicas, need_no_replicas),
        (changes_rights("-brpop"), changes_rights("+brpop")),
        (changes_rights("-psubscribe"), changes_rights("+psubscribe")),
        (changes_rights("-sadd"), changes_rights("+sadd")),
    ],
    ids=["replica", "no replicas", "no brpop", "no psubscribe", "no sadd"],
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
        # It can connect, and its pauses grow.
        until(lambda: bool(worker.poll()) or "again in 4 s" in log.read_text(), "two attempts")
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
        until(lambda: bool(worker.poll()) or "again in 2 s" in log.read_text(), "a first attempt")
        redis_client.config_set("maxmemory", 0)
        until(lambda: bool(worker.poll()) or listens(own_redis), "the worker's listening")
        assert worker.poll() is None, log.read_text()[-3000:]


def test_the_pauses_of_a_long_outage_stay_short(
    own_redis: Redis, flask_app: Flask, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with running_worker(own_redis, log) as worker:
        until(lambda: listens(own_redis), "the worker's listening", seconds=60)
        own_redis.kill()
        until(lambda: bool(worker.poll()) or "(4/None)" in log.read_text(), "four attempts")
        assert "in 6.00 seconds... (4/None)" in log.read_text()


def kept(redis_client: redis.Redis) -> set[bytes | str | None]:
    keys = list(redis_client.scan_iter("projectx:aside:*"))
    assert all(redis_client.ttl(key) > 0 for key in keys), "each expires"
    return {redis_client.hget(key, "value") for key in keys}


def test_a_renamed_key_replaces_none_that_was_renamed_before(redis_client: redis.Redis) -> None:
    for value in ("first", "second", "third"):
        redis_client.hset(SWEEP, "value", value)
        assert queue_keys.set_aside(redis_client) == 1
    assert kept(redis_client) == {b"first", b"second", b"third"}
    assert queue_keys.set_aside(redis_client) == 0


def test_only_so_many_keys_are_kept(
    redis_client: redis.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    values = [b"%d" % number for number in range(queue_keys.MAX_ASIDE + 2)]
    for value in values:
        redis_client.hset(SWEEP, "value", value)
        assert queue_keys.set_aside(redis_client) == 1
    assert kept(redis_client) == {*values[: queue_keys.MAX_ASIDE]}
    assert not redis_client.exists(SWEEP)
    assert caplog.messages[-1] == f"the key {SWEEP!r} in Redis was a hash of others: it is deleted"
