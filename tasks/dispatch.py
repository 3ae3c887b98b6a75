"""From a commit to the workers: a thread in each process publishes the ids of new activities.

A request never waits for Redis: it puts a note on a queue in memory and is done. What is lost here
(a crash, a dead Redis) is found by the sweep when the row's lease has run out.

Messages are as large as the load wants: the first id of a name leaves at once; those that follow
within LINGER of it travel together.
"""

import logging
import os
import queue
import threading
from collections.abc import Iterable, Iterator
from functools import cache
from uuid import UUID

import redis

from config import settings
from models.clock import tick
from state_machines.durable import journal
from state_machines.durable.journal import Committed

log = logging.getLogger(__name__)

BATCH = 25
LINGER = 0.1  # seconds


class Dispatcher:
    """One background thread; made anew in a forked child."""

    def __init__(self) -> None:
        self._notes: queue.SimpleQueue[Committed] = queue.SimpleQueue()
        self._waiting: dict[str, list[UUID]] = {}
        self._sent_at: dict[str, float] = {}
        self._pid = 0
        self._starting = threading.Lock()

    def take(self, committed: Committed) -> None:
        """Note what to publish. Called after each commit; never blocks."""
        if self._pid != os.getpid():
            self._start()
        self._notes.put(committed)

    def _start(self) -> None:
        with self._starting:
            if self._pid != os.getpid():
                self._notes = queue.SimpleQueue()
                self._pid = os.getpid()
                threading.Thread(target=self._work, name="dispatch", daemon=True).start()

    def _work(self) -> None:
        while True:
            moved = self._gather()
            try:
                ring(moved)
                for name, ids in self._ready():
                    publish(name, ids)
            except Exception:
                # The rows are the truth: the sweep will publish them. Holding hints for a Redis
                # that is away would only fill the memory.
                log.warning("could not publish; the sweep will", exc_info=True)
                self._waiting.clear()

    def _gather(self) -> set[UUID]:
        """Wait for notes, or until those that wait may leave; who moved."""
        moved: set[UUID] = set()
        try:
            note = self._notes.get(timeout=self._patience())
            while True:
                moved |= note.moved
                for name, activity_id in note.activities:
                    self._waiting.setdefault(name, []).append(activity_id)
                note = self._notes.get_nowait()
        except queue.Empty:
            return moved

    def _patience(self) -> float | None:
        """Seconds until the first waiting name may leave; None when nothing waits."""
        if not self._waiting:
            return None
        first = min(self._sent_at.get(name, 0) for name in self._waiting)
        return max(0.0, first + LINGER - tick())

    def _ready(self) -> Iterator[tuple[str, list[UUID]]]:
        at = tick()
        for name in [n for n in self._waiting if self._sent_at.get(n, 0) + LINGER <= at]:
            self._sent_at[name] = at
            yield name, self._waiting.pop(name)


def publish(name: str, ids: Iterable[UUID]) -> None:
    """Send the ids of activities called `name` to their queue, some in each message."""
    from tasks.worker import app

    with app.producer_pool.acquire(block=True, timeout=2) as producer:
        for some in _batches([str(activity_id) for activity_id in ids]):
            app.send_task(name, args=(some,), producer=producer, ignore_result=True)


def ring(moved: Iterable[UUID]) -> None:
    """Wake those who wait for one of these executions, in whatever process they are."""
    pipe = _redis().pipeline(transaction=False)
    for root_id in moved:
        pipe.publish(channel(root_id), "moved")
    if pipe:
        pipe.execute()


def channel(root_id: UUID) -> str:
    """Where the moves of an execution are announced."""
    return f"projectx:moved:{root_id}"


def start() -> Dispatcher:
    """Publish from now on what this process commits."""
    dispatcher = _dispatcher()
    journal.after_commit(dispatcher.take)
    return dispatcher


@cache
def _dispatcher() -> Dispatcher:
    return Dispatcher()


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=1)


def _batches(ids: list[str]) -> Iterator[list[str]]:
    for start_at in range(0, len(ids), BATCH):
        yield ids[start_at : start_at + BATCH]
