"""The tasks of a worker: one for each activity, under the activity's name, and beat's two ticks.

The message of an activity holds the ids of its rows, and nothing else.
"""

import gc
import logging
from functools import cache
from uuid import UUID

from celery.signals import worker_init, worker_shutting_down
from flask import Flask

import error_reports
import metering
import telemetry
from config import settings
from models import connection, connection_limit
from models.logs import logger
from state_machines import MACHINES
from state_machines.durable import executor, inspection
from tasks import broker, dispatch, draining, maintenance, sweep
from tasks.activities import ACTIVITIES
from tasks.celery_app import app
from tasks.events import GroupedEvents
from tasks.presence import Presence

__all__ = ["app", "database", "register"]

app.steps["consumer"].update((GroupedEvents, Presence))


@cache
def database() -> Flask:
    """Return the Flask application that gives the tasks of this process their database."""
    flask_app = Flask("tasks")
    connection.attach(flask_app, pool_size=settings.database_pool)
    return flask_app


def register(name: str) -> None:
    """Register a Celery task that runs the activities of this name and returns how many it ran."""

    @app.task(name=name)  # type: ignore[untyped-decorator]
    def task(ids: list[str]) -> int:
        with database().app_context():
            return executor.run(name, [UUID(activity_id) for activity_id in ids])


inspection.check_registry(MACHINES, ACTIVITIES)
for _activity in ACTIVITIES:
    register(_activity.name)


@app.task(name="sweep")  # type: ignore[untyped-decorator]
def run_sweep() -> dict[str, int]:
    """Recover and schedule what is due. Return how many rows of each kind."""
    with database().app_context():
        return sweep.run()


@app.task(name="maintenance")  # type: ignore[untyped-decorator]
def run_maintenance() -> dict[str, int]:
    """Start a due reconciliation and delete expired rows. Return how many of each kind."""
    with database().app_context():
        return maintenance.run()


@worker_init.connect  # type: ignore[untyped-decorator]
def _start(**_: object) -> None:
    logging.getLogger("transitions").setLevel(logging.WARNING)
    # Before the pool of connections, whose size it counts.
    metering.start()
    with database().app_context():
        connection_limit.check()
    # Celery logs the exceptions of tasks.
    logger("celery.app.trace")
    broker.Transport.queues = frozenset(queue.name for queue in app.conf.task_queues)
    # Celery's own tasks, such as chords, are not for our queues.
    broker.Transport.tasks = frozenset(name for name in app.tasks if not name.startswith("celery."))
    dispatch.start()
    error_reports.start("worker")
    telemetry.start("worker")
    # Loaded modules live as long as the process: the garbage collector need not scan them.
    gc.freeze()


@worker_shutting_down.connect  # type: ignore[untyped-decorator]
def _drain(**_: object) -> None:
    draining.start(database)
