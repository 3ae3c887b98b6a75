"""The commands of the containers of workers and beat start where nothing else is set up."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask

import heartbeats
from launch.children import Child
from launch.redis import Redis
from launch.stack import ROOT
from launch.waiting import until
from tests.architecture.compose import SERVICES
from tests.support.workers import listens

pytestmark = pytest.mark.slow

HEALTH_CHECK = ["CMD", "python", "-m", "heartbeats"]


@pytest.mark.parametrize("part", ["worker", "mailer", "sweeper", "beat"])
def test_a_container_begins_to_work(
    own_redis: Redis, flask_app: Flask, tmp_path: Path, part: str
) -> None:
    command, check = SERVICES[part]["command"], SERVICES[part]["healthcheck"]["test"]
    assert check[:4] == HEALTH_CHECK
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    # A user with the rights that `config check` asks for.
    environment["REDIS_URL"] = f"redis://shop:shop@127.0.0.1:{own_redis.port}/0"
    log = tmp_path / "log"
    with log.open("wb") as file, redis.Redis(port=own_redis.port) as client:
        mine: dict[str, Any] = {"keys": ["projectx:*"], "commands": ["+@all"], "channels": ["*"]}
        client.acl_setuser("shop", enabled=True, passwords=["+shop"], **mine)
        process = Child(command, cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT)
        try:
            until(
                lambda: bool(process.poll()) or not heartbeats.find_absent(client, *check[4:]),
                "a heartbeat",
                seconds=60,
            )
            if part != "beat":
                until(lambda: bool(process.poll()) or listens(own_redis), "its listening")
            assert process.poll() is None, log.read_text()[-3000:]
            assert "lost" not in log.read_text()
        finally:
            process.kill()
            process.wait()
