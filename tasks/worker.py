"""The Celery application. Each registered activity is one Celery task of the same name, so that
Flower speaks of "payments.create_intent"; a message carries ids, and nothing else.
"""

import gc
import logging
from functools import cache
from uuid import UUID

from celery import Celery
from celery.signals import worker_init
from flask import Flask

import state_machines  # noqa: F401  registers the machines
from config import settings
from models import base, connections
from state_machines.durable import Activity, runner
from state_machines.durable.complaint import complaints
from tasks import (  # noqa: F401  they register
    broker,
    dispatch,
    emails,
    maintenance,
    payments,
    privacy,
    reconciliation,
    refunds,
    sweep,
)
from tasks.events import GroupedEvents
from tasks.messages import TICKS
from tasks.presence import Presence

app = Celery("projectx", config_source="celeryconfig", set_as_current=True)
app.steps["consumer"].update((GroupedEvents, Presence))


@cache
def database() -> Flask:
    """The Flask application that gives this process's tasks their database."""
    flask_app = Flask("tasks")
    base.attach(flask_app, pool_size=settings.database_pool)
    return flask_app


def run(name: str, ids: list[str]) -> int:
    """Run the activities `ids`; how many were ours to run."""
    with database().app_context():
        return runner.run(name, [UUID(activity_id) for activity_id in ids])


def run_sweep() -> dict[str, int]:
    """Bring back what time has made due; how much of each kind."""
    with database().app_context():
        return sweep.run()


def run_maintenance() -> dict[str, int]:
    """Do what is due every hour or so; how much of each kind."""
    with database().app_context():
        return maintenance.run()


def _register(name: str) -> None:
    @app.task(name=name)  # type: ignore[untyped-decorator]
    def task(ids: list[str]) -> int:
        return run(name, ids)


for _name in Activity.registry:
    _register(_name)
app.task(run_sweep, name="sweep")
app.task(run_maintenance, name="maintenance")


@worker_init.connect  # type: ignore[untyped-decorator]
def _start(**_: object) -> None:
    logging.getLogger("transitions").setLevel(logging.WARNING)
    with database().app_context():
        connections.check()
    # Celery logs what a task raises.
    complaints("celery.app.trace")
    broker.Transport.queues = frozenset(queue.name for queue in app.conf.task_queues)
    broker.Transport.tasks = TICKS.union(Activity.registry)
    dispatch.start()
    # What is loaded by now stays: the collector need not look through it again and again.
    gc.freeze()
