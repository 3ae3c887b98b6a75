"""An activity that a person waits for is claimed before a backlog of background activities."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from flask import Flask

from launch.children import Child
from launch.processes import worker
from launch.redis import Redis
from launch.stack import ROOT
from launch.waiting import until
from models import ActivityRow, ActivityState, transaction
from models.clock import now
from models.ids import uuid7
from tasks.broker import list_names
from tasks.celery_app import app as celery
from tasks.payments import CreateIntent, RetrieveIntent

pytestmark = pytest.mark.slow

BACKLOG = 10_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Redis]:
    with Redis(tmp_path / "redis") as running:
        yield running


@pytest.fixture
def work(server: Redis, tmp_path: Path) -> Iterator[list[Child]]:
    """Yield a list of tasks for a worker, which ends with the test."""
    started: list[Child] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def fill(server: Redis, interactive: str) -> None:
    """Publish a backlog, and behind it one activity that a person waits for."""
    with celery.connection(server.url) as connection, celery.amqp.Producer(connection) as producer:
        for _ in range(BACKLOG):
            celery.send_task(RetrieveIntent.name, args=([str(uuid7())],), producer=producer)
        celery.send_task(CreateIntent.name, args=([interactive],), producer=producer)


def test_an_interactive_activity_overtakes_a_backlog(
    app: Flask, server: Redis, work: list[Child], tmp_path: Path
) -> None:
    at, key = now(), uuid7()
    with transaction() as session:
        session.add(
            ActivityRow(
                id=key,
                name=CreateIntent.name,
                machine=CreateIntent.machine.name,
                subject_id=uuid7(),
                state=ActivityState.PENDING,
                attempts=0,
                due_at=at,
                payload={},
                created_at=at,
            )
        )
    fill(server, str(key))
    with redis.Redis(port=server.port) as client, (tmp_path / "log").open("wb") as log:

        def backlog() -> int:
            return int(client.llen(list_names("payments")[-1]))

        def is_claimed() -> bool:
            with transaction() as session:
                row = session.get_one(ActivityRow, key, populate_existing=True)
                return row.attempts > 0 or not backlog()

        assert backlog() == BACKLOG
        environment = os.environ | {"REDIS_URL": server.url}
        command = worker("priority", "payments")
        work.append(Child(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT))
        until(is_claimed, "the claim", seconds=120)
        assert backlog() > 0
