"""A bulk job outlives its worker: no row is changed twice, and none is left out."""

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text, update

from launch.processes import worker
from launch.redis import Redis
from launch.waiting import until
from models import (
    ActivityRow,
    ActivityState,
    AuditRow,
    Bulk,
    BulkAction,
    BulkResult,
    BulkState,
    PaymentState,
    transaction,
)
from models.base import db
from models.clock import now
from models.ids import uuid7
from state_machines.actions import bulk_job
from tasks.bulk import Work
from tasks.celery_app import app as celery
from tasks.payments import RetrieveIntent
from tests.support import python
from tests.support.factories import a_payment

ROWS, MIDDLE = 1000, 500
WAITS_FOR_LOCK = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[BinaryIO]:
    with (tmp_path / "log").open("wb") as file:
        yield file


@pytest.fixture
def workers() -> Iterator[list[python.Process]]:
    """Yield a list for workers, which end with the test."""
    started: list[python.Process] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def start_worker(own_redis: Redis, workers: list[python.Process], log: BinaryIO) -> python.Process:
    environment = os.environ | {"REDIS_URL": own_redis.url}
    command = worker(f"bulk-{len(workers)}", "maintenance", threads=2)[1:]
    process = python.Process(*command, env=environment, stdout=log, stderr=log)
    workers.append(process)
    return process


def publish_work(own_redis: Redis, job: Bulk) -> None:
    """Publish the open batch of the job, as the dispatch thread and the sweep do."""
    is_open = ActivityRow.is_open(Work.name, [job.id])
    with transaction() as session:
        keys = [str(key) for key in session.scalars(select(ActivityRow.id).where(is_open))]
    with (
        celery.connection(own_redis.url) as connection,
        celery.amqp.Producer(connection) as producer,
    ):
        celery.send_task(Work.name, args=(keys,), producer=producer)


def fail_many() -> list[UUID]:
    """Insert activities of one payment that have failed, and return their ids."""
    keys, at = [uuid7() for _ in range(ROWS)], now()
    with transaction() as session:
        subject_id = a_payment(PaymentState.INITIATED, intent_id="pi_1").id
        row = {
            "name": RetrieveIntent.name,
            "machine": "payment",
            "subject_id": subject_id,
            "state": ActivityState.FAILED,
            "attempts": 10,
            "due_at": at,
            "payload": {},
            "created_at": at,
            "finished_at": at,
        }
        session.execute(insert(ActivityRow), [row | {"id": key} for key in keys])
    return sorted(keys)


def load(job: Bulk) -> Bulk:
    with transaction() as session:
        return session.get_one(Bulk, job.id, populate_existing=True)


def end_leases() -> None:
    """Let the time pass after which another worker may claim the work of a dead one."""
    past = now() - timedelta(seconds=1)
    with transaction() as session:
        session.execute(
            update(ActivityRow).where(ActivityRow.name == Work.name).values(due_at=past)
        )


@pytest.mark.slow
def test_a_worker_is_killed_in_the_middle_of_a_thousand_retries(
    app: Flask, own_redis: Redis, workers: list[python.Process], log: BinaryIO
) -> None:
    keys = fail_many()
    job = Bulk(
        action=BulkAction.RETRY,
        filters={"name": RetrieveIntent.name},
        options={},
        reason="Stripe is back",
        actor="ann",
    )
    with transaction():
        bulk_job.start(job, ROWS)
    first = start_worker(own_redis, workers, log)
    publish_work(own_redis, job)
    # Somebody holds a result of the batch in the middle: the worker has changed the batch's rows by
    # then, and waits to write their results.
    held = select(BulkResult.subject_id).where(BulkResult.subject_id == keys[MIDDLE])
    with db.engine.begin() as connection:
        connection.execute(held.with_for_update())
        until(lambda: load(job).changed == MIDDLE, "the first half", seconds=120)
        until(lambda: connection.scalar(WAITS_FOR_LOCK), "the batch in the middle", seconds=120)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    assert load(job).changed == MIDDLE, "the batch that was under way is undone"

    end_leases()
    start_worker(own_redis, workers, log)
    publish_work(own_redis, job)
    until(lambda: load(job).state == BulkState.DONE, "the end of the job", seconds=120)

    done = load(job)
    assert (done.total, done.changed, done.unchanged, done.refused) == (ROWS, ROWS, 0, 0)
    with transaction() as session:
        is_pending = ActivityRow.id.in_(keys), ActivityRow.state == ActivityState.PENDING
        assert session.scalar(select(func.count()).where(*is_pending)) == ROWS
        audits = session.scalars(select(AuditRow).where(AuditRow.action == "activities retry"))
        assert sum(row.details["counts"]["retried"] for row in audits) == ROWS, "each once"
