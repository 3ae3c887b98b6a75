"""A worker outlives its Redis, also one that works on a message.

What ends a worker without `tasks/broker.py` needs an unlucky order of closings, so that one is also
brought about by hand.
"""

import base64
import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg2
import pytest
import redis
from flask import Flask

from launch.redis import Redis
from launch.waiting import until
from tasks.celery_app import app
from tasks.queue_keys import PREFIX, list_names
from tests.support import python
from tests.support.workers import listens, running_worker

pytestmark = pytest.mark.slow


@pytest.fixture
def worker(own_redis: Redis, flask_app: Flask, tmp_path: Path) -> Iterator[python.Process]:
    with running_worker(own_redis, tmp_path / "log") as process:
        yield process


def waits_for_lock(db: Any) -> bool:
    """Tell if a statement waits for a lock of this connection."""
    db.execute(
        "SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    )
    return db.fetchone() is not None


def test_a_worker_survives_the_loss_of_redis(
    own_redis: Redis, worker: python.Process, tmp_path: Path
) -> None:
    import tasks

    def gone() -> bool:
        return worker.poll() is not None

    def misses_it() -> bool:
        return "Cannot connect to" in (tmp_path / "log").read_text()

    until(lambda: listens(own_redis), "the worker's listening", seconds=60)
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as db, db.cursor() as cursor:
        # Its sweep waits for us, so that its message stays in work.
        cursor.execute("LOCK TABLE activity")
        with tasks.app.connection(own_redis.url) as connection:
            tasks.app.send_task("sweep", connection=connection)
        until(lambda: waits_for_lock(cursor), "the sweep's beginning")
        own_redis.kill()
        until(lambda: misses_it() or gone(), "the loss")
        own_redis.start()
        until(lambda: gone() or listens(own_redis), "a new connection")
    assert not gone(), (tmp_path / "log").read_text()


def test_a_channel_without_a_connection_raises_a_connection_error(own_redis: Redis) -> None:
    import tasks

    with tasks.app.connection(own_redis.url) as connection:
        tasks.app.send_task("sweep", connection=connection)
        channel = connection.channel()
        assert channel.basic_get("sweep") is not None, "it holds a message"
        # As kombu does to the transport of a connection that it closes.
        channel.connection.client = None
        channel._disconnect_pools()
        with pytest.raises(connection.connection_errors, match="has been closed"):
            channel.basic_get("sweep")
        channel.close()


def test_redis_keeps_nothing_of_a_received_message(own_redis: Redis) -> None:
    with (
        app.connection_for_write(own_redis.url) as connection,
        redis.Redis(port=own_redis.port) as client,
    ):
        app.send_task("sweep", connection=connection)
        channel = connection.channel()
        message = channel.basic_get("sweep")
        assert message is not None
        assert not [key for key in client.scan_iter() if b"binding" not in key]
        channel.close()
        assert client.llen(SWEEP) == 0, "a lease brings it back, and not the worker"


QUEUES = (*list_names("payments"), *list_names("sweep"))
CONTROL = f"{PREFIX}/0.celery.pidbox"
SWEEP = f"{PREFIX}sweep"
Bodies = list[list[Any]]
ARGUMENTS: Bodies = [[1], ["x"], [[1]], [["no id"]], [[None]], [["1", "2"]], [{}], [[], []]]
ODD: tuple[Any, ...] = (7, "x", "é" * 400, [1], [[]], {"a": 1}, None, True)


def sent(own_redis: Redis, name: str, *arguments: Any) -> dict[str, Any]:
    """Return a message as this system sends it, taken out of its queue."""
    import tasks

    with tasks.app.connection(own_redis.url) as connection:
        tasks.app.send_task(name, args=arguments, connection=connection)
    with redis.Redis(port=own_redis.port) as client:
        (message,) = filter(None, map(client.lpop, QUEUES))
    body: dict[str, Any] = json.loads(message)
    return body


def body(*parts: Any) -> str:
    return base64.b64encode(json.dumps(parts).encode()).decode()


def spoiled(good: dict[str, Any]) -> Iterator[bytes]:
    """Yield messages that nobody here sends: no JSON, no message, and each part of one odd."""
    yield from (
        b"hello",
        b"[1,2]",
        b"\xff\xfe",
        b"7",
        b"null",
        b"{}",
        b'"x"',
        b"[" * 5000,
        b"1e999",
    )
    yield b'{"__type__": [], "__value__": 1}'
    yield b'{"__type__": "uuid", "__value__": "x"}'
    for key in good:
        yield json.dumps({name: part for name, part in good.items() if name != key}).encode()
        yield from (json.dumps(good | {key: odd}).encode() for odd in ODD)
    for part in ("headers", "properties"):
        for key in good[part]:
            for odd in ODD:
                yield json.dumps(good | {part: good[part] | {key: odd}}).encode()
    embed = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
    for arguments in ARGUMENTS:
        yield json.dumps(good | {"body": body(arguments, {}, embed)}).encode()
    bodies: Bodies = [[], [[], {}], [{}, [], embed], [[], {"a": 1}, embed], [[], {}, {"chord": 1}]]
    for parts in bodies:
        yield json.dumps(good | {"body": body(*parts)}).encode()
    pickled = good | {"content-type": "application/x-python-serialize"}
    yield json.dumps(pickled).encode()
    for task in ("payments.unknown", "celery.backend_cleanup", "os.system", ""):
        yield json.dumps(good | {"headers": good["headers"] | {"task": task}}).encode()


@pytest.fixture
def malformed(own_redis: Redis) -> list[bytes]:
    """Return messages for the sweeper. A worker that listened already would take the good ones."""
    payment = sent(own_redis, "payments.retrieve_intent", [str(uuid4())])
    return [*spoiled(payment), *spoiled(sent(own_redis, "sweep"))]


def test_a_malformed_message_is_dropped_and_the_worker_continues(
    own_redis: Redis, malformed: list[bytes], worker: python.Process, tmp_path: Path
) -> None:
    import tasks

    def waits() -> bool:
        return bool(client.llen(SWEEP))

    until(lambda: listens(own_redis), "the worker's listening", seconds=60)
    with redis.Redis(port=own_redis.port) as client:
        client.rpush(SWEEP, *malformed)
        assert client.publish(CONTROL, b"[1,2]") == client.publish(CONTROL, b"hello") == 1
        with tasks.app.connection(own_redis.url) as connection:
            tasks.app.send_task("sweep", connection=connection)
        until(
            lambda: worker.poll() is not None or not waits(), "the end of the queues", seconds=150
        )
    log = (tmp_path / "log").read_text()
    assert worker.poll() is None, log[-3000:]
    assert f"dropped a message in sweep: no properties: {'hello'!r}" in log
    assert "celery.pidbox: no properties: [1, 2]" in log
    assert "there is no task 'os.system'" in log
    assert "Traceback" not in log, log[-3000:]


@pytest.mark.parametrize("name", [SWEEP, list_names("maintenance")[1]])
def test_a_key_that_is_no_queue_is_renamed_and_the_worker_continues(
    own_redis: Redis, worker: python.Process, tmp_path: Path, name: str
) -> None:
    until(lambda: listens(own_redis), "the worker's listening", seconds=60)
    aside = name.replace(PREFIX, f"{PREFIX}aside:")
    with redis.Redis(port=own_redis.port) as client:
        client.hset(name, "a", "hash")
        # The next turn finds it.
        until(lambda: bool(worker.poll() or client.exists(aside)), "the renaming", seconds=60)
        log = (tmp_path / "log").read_text()
        assert worker.poll() is None, log[-3000:]
        assert (
            f"the key {name!r} in Redis was a hash of others: it is {aside!r} now, for 7 days"
            in log
        )
        assert client.hgetall(aside) == {b"a": b"hash"}
        with app.connection_for_write(own_redis.url) as connection:
            app.send_task("sweep", connection=connection)
        until(lambda: not client.llen(SWEEP), "the next sweep", seconds=60)


def test_a_channel_keeps_one_client_until_it_connects_again(own_redis: Redis) -> None:
    with app.connection_for_write(own_redis.url) as connection:
        channel = connection.channel()
        with channel.conn_or_acquire() as first, channel.conn_or_acquire() as second:
            assert first is second
        channel._disconnect_pools()
        with channel.conn_or_acquire() as after:
            assert after is not first
            assert after.ping()
