"""A worker of the sweep on a Redis of its own."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from launch.children import Child
from launch.processes import worker
from launch.redis import Redis
from launch.stack import ROOT


@contextmanager
def running_worker(server: Redis, log: Path) -> Iterator[Child]:
    """Run a worker that writes to `log`."""
    command = worker("sweeper", "sweep,maintenance", threads=4)
    environment = os.environ | {"REDIS_URL": server.url}
    with log.open("wb") as file:
        process = Child(command, cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def listens(server: Redis) -> bool:
    """Tell if a worker waits for messages."""
    with redis.Redis(port=server.port) as client:
        return any(connection["cmd"] == "brpop" for connection in client.client_list())
