"""A worker outlives its Redis, also one that holds what it has not acknowledged.

What ends a worker without `tasks/broker.py` needs an unlucky order of closings, so that one is also
brought about by hand.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
import redis
from flask import Flask

from celeryconfig import broker_transport_options
from launch.children import Child
from launch.processes import commands
from launch.redis import Redis
from launch.stack import ROOT
from launch.waiting import until

UNACKED = f"{broker_transport_options['global_keyprefix']}unacked"
PORTS = ("WEB", "AUTH", "ORDER", "PRODUCT", "FLOWER")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Redis]:
    with Redis(tmp_path / "redis") as running:
        yield running


@pytest.fixture
def worker(server: Redis, flask_app: Flask, tmp_path: Path) -> Iterator[Child]:
    found = {f"{name}_PORT": "0" for name in PORTS}
    command = commands(found, tmp_path, sandbox=False)["sweeper"]
    environment = os.environ | {"REDIS_URL": server.url}
    with (tmp_path / "log").open("wb") as log:
        process = Child(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    yield process
    process.kill()
    process.wait()


def listens(server: Redis) -> bool:
    """Whether somebody waits for messages."""
    with redis.Redis(port=server.port) as client:
        return any(one["cmd"] == "brpop" for one in client.client_list())


def holds(server: Redis) -> int:
    """How many messages somebody has taken and not acknowledged."""
    with redis.Redis(port=server.port) as client:
        return int(client.hlen(UNACKED))


def test_a_worker_outlives_its_redis(server: Redis, worker: Child, tmp_path: Path) -> None:
    import tasks

    def gone() -> bool:
        return worker.poll() is not None

    def misses_it() -> bool:
        return "Cannot connect to" in (tmp_path / "log").read_text()

    until(lambda: listens(server), "the worker's listening", seconds=60)
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as db, db.cursor() as cursor:
        # Its sweep waits for us, so that its message stays unacknowledged.
        cursor.execute("LOCK TABLE activity")
        with tasks.app.connection(server.url) as connection:
            tasks.app.send_task("sweep", connection=connection)
        until(lambda: holds(server) == 1, "the sweep's beginning")
        server.kill()
        until(lambda: misses_it() or gone(), "the loss")
        server.start()
        until(lambda: gone() or listens(server), "a new connection")
    assert not gone(), (tmp_path / "log").read_text()


def test_a_channel_whose_connection_is_gone_is_lost(server: Redis) -> None:
    import tasks

    with tasks.app.connection(server.url) as connection:
        tasks.app.send_task("sweep", connection=connection)
        channel = connection.channel()
        assert channel.basic_get("sweep") is not None, "it holds a message"
        # As kombu does to the transport of a connection that it closes.
        channel.connection.client = None
        with pytest.raises(connection.connection_errors, match="has been closed"):
            channel.close()
