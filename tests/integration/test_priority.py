"""Interactive activities overtake a backlog of the background, which still has its turns."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import redis
from flask import Flask
from sqlalchemy import insert

from launch.processes import worker
from launch.redis import Redis
from launch.waiting import until
from models import ActivityRow, ActivityState, transaction
from models.clock import now
from models.ids import uuid7
from state_machines.durable import sweep
from state_machines.durable.operations import limits, publishing
from tasks.celery_app import app as celery
from tasks.payment_polls import PollIntent
from tasks.payments import CreateIntent
from tasks.queue_keys import list_names
from tests.support import python

pytestmark = pytest.mark.slow

BACKLOG = 10_000


@pytest.fixture
def work(own_redis: Redis, tmp_path: Path) -> Iterator[list[python.Process]]:
    """Yield a list of tasks for a worker, which ends with the test."""
    started: list[python.Process] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def fill(own_redis: Redis, backlog: str, activity_id: UUID, name: str) -> None:
    """Publish a backlog of activities called `backlog`, and then one that is called `name`."""
    with (
        celery.connection(own_redis.url) as connection,
        celery.amqp.Producer(connection) as producer,
    ):
        for _ in range(BACKLOG):
            celery.send_task(backlog, args=([str(uuid7())],), producer=producer)
        celery.send_task(name, args=([str(activity_id)],), producer=producer)


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
    overdue(PollIntent.name, seconds=9, number=publishing.MAX_PENDING + 1)
    (interactive,) = overdue(CreateIntent.name, seconds=1)
    taken = sweep.due_activities()
    assert len(taken) == publishing.MAX_PENDING + 1
    assert taken[0] == (CreateIntent.name, interactive)


def test_interactive_activities_go_first_under_a_limit(app: Flask) -> None:
    background = overdue(PollIntent.name, seconds=9) + overdue(PollIntent.name, seconds=5, number=9)
    interactive = overdue(CreateIntent.name, seconds=1)
    with transaction():
        limits.set_limit("stripe", limits.Limit(per_second=2))
    assert [key for _, key in sweep.due_activities()] == [*interactive, background[0]]


@pytest.mark.parametrize(
    ("name", "backlog", "place"),
    [(CreateIntent.name, PollIntent.name, -1), (PollIntent.name, CreateIntent.name, 0)],
    ids=["interactive", "background"],
)
def test_a_backlog_of_the_other_priority_is_overtaken(
    app: Flask,
    own_redis: Redis,
    work: list[python.Process],
    tmp_path: Path,
    name: str,
    backlog: str,
    place: int,
) -> None:
    (key,) = overdue(name, seconds=0)
    fill(own_redis, backlog, key, name)
    with redis.Redis(port=own_redis.port) as client, (tmp_path / "log").open("wb") as log:

        def count_waiting() -> int:
            return int(client.llen(list_names("payments")[place]))

        def is_claimed() -> bool:
            with transaction() as session:
                row = session.get_one(ActivityRow, key, populate_existing=True)
                return row.attempts > 0 or not count_waiting()

        assert count_waiting() == BACKLOG
        environment = os.environ | {"REDIS_URL": own_redis.url}
        command = worker("priority", "payments")[1:]
        work.append(python.Process(*command, env=environment, stdout=log, stderr=log))
        until(is_claimed, "the claim", seconds=120)
        assert count_waiting() > 0
