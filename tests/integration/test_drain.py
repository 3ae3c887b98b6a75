"""A worker that is stopped gives back at once whatever it does not end; no lease has to end.

The leases are an hour long, so that only a true release lets another worker make the calls.
"""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from typing import BinaryIO
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

import heartbeats
import redis_url
from launch.processes import NO_PID, PYTHON, worker
from launch.redis import Redis
from launch.waiting import until
from models import ActivityRow, ActivityState, transaction
from models.clock import now
from state_machines.durable.calls.batches import CONCURRENT_CALLS
from state_machines.durable.unit_of_work import schedule
from tasks.celery_app import app as celery
from tasks.dispatch import BATCH
from tests.support import python
from tests.support.parcel import Parcel, ParcelMachine, ParcelSignal

pytestmark = pytest.mark.slow

HOLD = "test.hold"
AN_HOUR = timedelta(hours=1)


class Door:
    """A provider that answers no call before `open`, and counts the calls of each worker."""

    def __init__(self) -> None:
        self.calls: Counter[tuple[str, str]] = Counter()
        self._open, self._lock = Event(), Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def open(self) -> None:
        self._open.set()

    def labels(self, name: str) -> list[str]:
        """Return the labels of the calls of a worker, one for each call."""
        with self._lock:
            return [label for worker_name, label in self.calls.elements() if worker_name == name]

    def close(self) -> None:
        self.open()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        door = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                _, name, label = self.path.split("/")
                with door._lock:
                    door.calls[name, label] += 1
                door._open.wait()
                # A worker that has ended does not read the answer.
                with suppress(ConnectionError):
                    self.send_response(200)
                    self.end_headers()
                    self.wfile.write(name.encode())

            def log_message(self, *_: object) -> None:
                """Print nothing."""

        return Handler


@pytest.fixture
def door() -> Iterator[Door]:
    opened = Door()
    yield opened
    opened.close()


class Processes:
    """Workers and a beat on a Redis of their own."""

    def __init__(self, server: Redis, door: Door, log: BinaryIO) -> None:
        self._server, self._door, self._log = server, door, log
        self._started: list[python.Process] = []

    def worker(self, name: str, **settings: str) -> python.Process:
        command = worker(name, "emails,sweep")
        command[command.index("tasks")] = "tests.support.held_calls"
        return self._start(command, DOOR_URL=self._door.url, DOOR_NAME=name, **settings)

    def beat(self) -> python.Process:
        return self._start([*PYTHON, "celery", "-A", "tasks.celery_app", "beat", NO_PID])

    def has_beat(self) -> bool:
        with redis_url.connect(self._server.url) as client:
            return not heartbeats.find_absent(client, heartbeats.BEAT)

    def publish(self, keys: list[UUID]) -> None:
        with (
            celery.connection(self._server.url) as connection,
            celery.amqp.Producer(connection) as producer,
        ):
            for start in range(0, len(keys), BATCH):
                texts = [str(key) for key in keys[start : start + BATCH]]
                celery.send_task(HOLD, args=(texts,), producer=producer, queue="emails")

    def end(self) -> None:
        for process in self._started:
            process.kill()
            process.wait()

    def _start(self, command: list[str], **settings: str) -> python.Process:
        environment = os.environ | {"REDIS_URL": self._server.url} | settings
        process = python.Process(*command[1:], env=environment, stdout=self._log, stderr=self._log)
        self._started.append(process)
        return process


@pytest.fixture
def processes(tmp_path: Path, door: Door) -> Iterator[Processes]:
    with Redis(tmp_path / "redis") as server, (tmp_path / "log").open("wb") as log:
        started = Processes(server, door, log)
        yield started
        started.end()


def pack(number: int) -> list[UUID]:
    """Pack parcels with a call each, which no sweep publishes for an hour. Return the calls."""
    with transaction() as session:
        for count in range(number):
            parcel = Parcel(label=f"parcel-{count}")
            ParcelMachine.begin(parcel, ParcelSignal.PACK)
            schedule(HOLD, ParcelMachine.name, parcel.id)
        session.flush()
    with transaction() as session:
        session.execute(update(ActivityRow).values(due_at=now() + AN_HOUR))
        return list(session.scalars(select(ActivityRow.id).where(ActivityRow.name == HOLD)))


def rows() -> list[ActivityRow]:
    with transaction() as session:
        return list(session.scalars(select(ActivityRow).where(ActivityRow.name == HOLD)))


def are_done() -> bool:
    return {row.state for row in rows()} == {ActivityState.DONE}


def test_what_is_not_begun_is_given_back_and_calls_in_hand_end(
    app: Flask, door: Door, processes: Processes
) -> None:
    number = CONCURRENT_CALLS + 2 * BATCH
    keys = pack(number)
    first = processes.worker("first", DRAIN_TIMEOUT="3000")
    processes.publish(keys)
    until(lambda: len(door.labels("first")) == CONCURRENT_CALLS, "the first calls", seconds=100)
    first.terminate()
    processes.worker("second")
    processes.beat()
    # The first worker still holds its calls: nothing waits for their end.
    until(lambda: len(door.labels("second")) == 2 * BATCH, "the calls given back", seconds=100)
    door.open()
    assert first.wait(timeout=120) == 0
    until(are_done, "the end of all calls", seconds=100)
    calls = door.labels("first") + door.labels("second")
    assert len(calls) == len(set(calls)) == number
    assert {(row.attempts, row.unknown_outcomes) for row in rows()} == {(1, 0)}


def test_calls_that_do_not_end_in_time_are_given_back(
    app: Flask, door: Door, processes: Processes
) -> None:
    keys = pack(3)
    first = processes.worker("first", DRAIN_TIMEOUT="0.1")
    processes.publish(keys)
    until(lambda: len(door.labels("first")) == len(keys), "the first calls", seconds=100)
    first.terminate()
    assert first.wait(timeout=120) == 0, "it does not wait for the calls"
    processes.worker("second")
    processes.beat()
    until(lambda: len(door.labels("second")) == len(keys), "the second calls", seconds=100)
    door.open()
    until(are_done, "the end of all calls", seconds=100)
    # The call that the first worker left may have been made.
    assert {(row.attempts, row.unknown_outcomes) for row in rows()} == {(2, 1)}


def test_beat_ends_at_once(processes: Processes) -> None:
    beat = processes.beat()
    until(processes.has_beat, "the first heartbeat", seconds=100)
    beat.terminate()
    assert beat.wait(timeout=120) == 0
