"""An activity that a person waits for is claimed before a backlog of background activities."""

import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import redis
from flask import Flask
from sqlalchemy import insert

from launch.children import Child
from launch.processes import worker
from launch.redis import Redis
from launch.stack import ROOT
from launch.waiting import until
from models import ActivityRow, ActivityState, transaction
from models.clock import now
from models.ids import uuid7
from state_machines.durable import sweep
from state_machines.durable.operations import limits, publishing
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


def overdue(name: str, *, seconds: int, number: int = 1) -> list[UUID]:
    """Insert payments' activities that are overdue, and return their ids."""
    keys, at = [uuid7() for _ in range(number)], now()
    rows = [
        {
            "id": key,
            "name": name,
            "machine": CreateIntent.machine.name,
            "subject_id": uuid7(),
            "state": ActivityState.PENDING,
            "attempts": 0,
            "due_at": at - timedelta(seconds=seconds),
            "payload": {},
            "created_at": at,
        }
        for key in keys
    ]
    with transaction() as session:
        session.execute(insert(ActivityRow), rows)
    return keys


def test_the_sweep_publishes_interactive_activities_first(app: Flask) -> None:
    overdue(RetrieveIntent.name, seconds=9, number=publishing.MAX_PENDING + 1)
    (interactive,) = overdue(CreateIntent.name, seconds=1)
    taken = sweep.due_activities()
    assert len(taken) == publishing.MAX_PENDING + 1
    assert taken[0] == (CreateIntent.name, interactive)


def test_interactive_activities_go_first_under_a_limit(app: Flask) -> None:
    background = overdue(RetrieveIntent.name, seconds=9) + overdue(
        RetrieveIntent.name, seconds=5, number=9
    )
    interactive = overdue(CreateIntent.name, seconds=1)
    with transaction():
        limits.set_limit("stripe", limits.Limit(per_second=2))
    assert [key for _, key in sweep.due_activities()] == [*interactive, background[0]]


def test_an_interactive_activity_overtakes_a_backlog(
    app: Flask, server: Redis, work: list[Child], tmp_path: Path
) -> None:
    (key,) = overdue(CreateIntent.name, seconds=0)
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
