"""From a commit to the workers: a thread in each process publishes the ids of new activities.

A request never waits for Redis: it puts a note on a queue in memory and is done. What is lost here
(a crash, a dead Redis) is found by the sweep when the row's lease has run out.

Messages are as large as the load wants: while ids of a name come now and then, each leaves at
once; when they come faster than two in LINGER, those of a LINGER travel together.
"""

import atexit
import os
import queue
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from operator import itemgetter
from uuid import UUID

import redis

import redis_url
from config import settings
from models.clock import tick
from state_machines.durable import unit_of_work
from state_machines.durable.complaint import complaints
from state_machines.durable.unit_of_work import Committed
from tasks.celery_app import app

log = complaints(__name__)

BATCH = 25
LINGER = 0.02  # seconds


class Waiting:
    """The ids of one activity name that have not left yet."""

    def __init__(self) -> None:
        self.ids: list[UUID] = []
        self._came_at = self._left_at = 0.0
        self._gap = 1.0  # seconds between arrivals, on a moving average

    def add(self, ids: Iterable[UUID]) -> None:
        at = tick()
        self._gap += (min(at - self._came_at, 1.0) - self._gap) / 4
        self._came_at = at
        self.ids += ids

    def leave(self, *, at_once: bool = False) -> list[UUID]:
        """What may leave now; none where more is worth waiting for."""
        if not self.ids or (self.patience() > 0 and not at_once):
            return []
        leaving, self.ids, self._left_at = self.ids, [], tick()
        return leaving

    def patience(self) -> float:
        """Seconds until they may leave."""
        if len(self.ids) >= BATCH or self._gap > LINGER / 2:
            return 0.0
        return self._left_at + LINGER - tick()


class Dispatcher:
    """One background thread; made anew in a forked child."""

    def __init__(self) -> None:
        self._notes: queue.SimpleQueue[Committed | None] = queue.SimpleQueue()
        self._waiting: defaultdict[str, Waiting] = defaultdict(Waiting)
        self._thread: threading.Thread | None = None
        self._closing = False
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
                self._thread = threading.Thread(target=self._work, name="dispatch", daemon=True)
                self._thread.start()
                atexit.register(self._close)

    def _close(self) -> None:
        """The process ends: what waits leaves now, rather than when the sweep finds it."""
        if self._thread is not None and self._pid == os.getpid():
            self._notes.put(None)
            self._thread.join(timeout=2)

    def _work(self) -> None:
        while not self._closing:
            moved = self._gather()
            try:
                publish_change(moved)
            except Exception:
                # Waiting requests also look once a second.
                log.warning("could not publish changes", exc_info=True)
            for name, waiting in self._waiting.items():
                if ids := waiting.leave(at_once=self._closing):
                    publish_or_complain(name, ids)

    def _gather(self) -> set[UUID]:
        """Wait for notes, or until those that wait may leave; who moved."""
        moved: set[UUID] = set()
        try:
            note = self._notes.get(timeout=self._patience())
            while note is not None:
                moved |= note.moved
                for name, found in groupby(note.activities, itemgetter(0)):
                    self._waiting[name].add(activity_id for _, activity_id in found)
                note = self._notes.get_nowait()
            self._closing = True
        except queue.Empty:
            pass
        return moved

    def _patience(self) -> float | None:
        """Seconds until the first of those who wait may leave; None when nothing waits."""
        patience = [max(0.0, w.patience()) for w in self._waiting.values() if w.ids]
        return min(patience, default=None)


def publish_or_complain(name: str, ids: Sequence[UUID]) -> None:
    """Publish the ids of one name. A failure is logged, and stops no other name: the rows are the
    truth, and the sweep will publish them. Holding them for a Redis that is away would only fill
    the memory.
    """
    try:
        publish(name, ids)
    except Exception:
        log.warning("could not publish %d %s; the sweep will", len(ids), name, exc_info=True)


def publish(name: str, ids: Iterable[UUID]) -> None:
    """Send the ids of activities called `name` to their queue, some in each message."""
    with app.producer_pool.acquire(block=True, timeout=2) as producer:
        for some in _batches([str(activity_id) for activity_id in ids]):
            app.send_task(name, args=(some,), producer=producer, ignore_result=True)


def publish_change(moved: Iterable[UUID]) -> None:
    """Tell the requests that wait for these executions, in all processes, that they have moved."""
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
    unit_of_work.after_commit(dispatcher.take)
    return dispatcher


@cache
def _dispatcher() -> Dispatcher:
    return Dispatcher()


@cache
def _redis() -> redis.Redis:
    return redis_url.connect(settings.redis_url, socket_timeout=2, socket_connect_timeout=1)


def _batches(ids: list[str]) -> Iterator[list[str]]:
    for start_at in range(0, len(ids), BATCH):
        yield ids[start_at : start_at + BATCH]
