"""The end of a worker: on SIGTERM its calls may end for a while, and all others are given back.

Celery's warm shutdown takes no more messages and waits for the threads, without a limit.
"""

import os
from collections.abc import Callable
from threading import Event, Thread

from flask import Flask

from config import settings
from models.logs import logger
from state_machines.durable.calls import draining
from tasks import dispatch

log = logger(__name__)


def start(database: Callable[[], Flask]) -> None:
    """Begin to drain this process. `database` returns the application that has its database."""
    if not draining.is_on():
        draining.start()
        Thread(target=_exit_in_time, args=(database,), name="drain", daemon=True).start()


def _exit_in_time(database: Callable[[], Flask]) -> None:
    """Give back what is not claimed; after DRAIN_TIMEOUT also the calls, and end the process.

    It ends before that when no call is left.
    """
    with database().app_context():
        try:
            draining.give_back_unclaimed()
        except Exception:
            log.exception("could not give back what is not claimed")
        Event().wait(settings.drain_timeout)
        try:
            number = draining.give_back_claimed()
            log.warning("%d calls have not ended in DRAIN_TIMEOUT: given back", number)
            dispatch.close()
        finally:
            os._exit(0)
