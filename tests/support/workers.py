"""A worker of the sweep on a Redis of its own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from launch.processes import worker
from launch.redis import Redis
from tests.support import python


@contextmanager
def running_worker(server: Redis, log: Path) -> Iterator[python.Process]:
    """Run a worker that writes to `log`."""
    command = worker("sweeper", "sweep,maintenance", threads=4)[1:]
    environment = os.environ | {"REDIS_URL": server.url}
    with log.open("wb") as file:
        process = python.Process(*command, env=environment, stdout=file, stderr=file)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def listens(server: Redis) -> bool:
    """Tell if a worker waits for messages."""
    with redis.Redis(port=server.port) as client:
        return any(connection["cmd"] == "brpop" for connection in client.client_list())
