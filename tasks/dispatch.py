"""Dispatch of committed activities: a thread in each process publishes their ids to the workers.

A request never waits for Redis: it only puts its commit into a queue in memory. The sweep publishes
activities that were lost here (by a crash or an outage of Redis) after their leases.

The size of messages follows the load. Single ids are published at once; ids of one name that arrive
faster than two in LINGER are published together, once in a LINGER.
"""

import atexit
import json
import os
import queue
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache
from itertools import groupby
from operator import attrgetter, itemgetter
from uuid import UUID

import redis

import redis_url
from config import settings
from models import metrics, tracing
from models.clock import tick
from models.logs import logger
from models.tracing import NewSpan
from state_machines.durable import unit_of_work
from state_machines.durable.unit_of_work import Committed, Move
from tasks.celery_app import app

log = logger(__name__)

BATCH = 25  # ids in a message
LINGER = 0.02  # seconds


class Backlog:
    """The unpublished ids of one activity name."""

    def __init__(self) -> None:
        self.ids: list[UUID] = []
        self._added_at = self._taken_at = 0.0
        self._gap = 1.0  # seconds between arrivals, on a moving average

    def add(self, ids: Iterable[UUID]) -> None:
        at = tick()
        self._gap += (min(at - self._added_at, 1.0) - self._gap) / 4
        self._added_at = at
        self.ids += ids

    def take(self, *, at_once: bool = False) -> list[UUID]:
        """Remove and return the ids to publish now: none while more are worth waiting for."""
        if not self.ids or (self.seconds_left() > 0 and not at_once):
            return []
        ids, self.ids, self._taken_at = self.ids, [], tick()
        return ids

    def seconds_left(self) -> float:
        """Return the seconds until the ids are to be published."""
        if len(self.ids) >= BATCH or self._gap > LINGER / 2:
            return 0.0
        return self._taken_at + LINGER - tick()


class Dispatcher:
    """A background thread that publishes commits. A forked child starts its own."""

    def __init__(self) -> None:
        self._commits: queue.SimpleQueue[Committed | None] = queue.SimpleQueue()
        self._backlogs: defaultdict[str, Backlog] = defaultdict(Backlog)
        self._traces: dict[UUID, str] = {}
        self._thread: threading.Thread | None = None
        self._closing = False
        self._pid = 0
        self._starting = threading.Lock()

    def take(self, committed: Committed) -> None:
        """Queue a commit for publishing. Called after each commit; never blocks."""
        if self._pid != os.getpid():
            self._start()
        self._commits.put(committed)

    def _start(self) -> None:
        with self._starting:
            if self._pid != os.getpid():
                self._commits = queue.SimpleQueue()
                self._pid = os.getpid()
                self._thread = threading.Thread(target=self._work, name="dispatch", daemon=True)
                self._thread.start()
                atexit.register(self.close)

    def close(self) -> None:
        """Publish the backlog before the process ends, rather than leave it to the sweep."""
        if self._thread is not None and self._pid == os.getpid():
            self._commits.put(None)
            self._thread.join(timeout=2)

    def _work(self) -> None:
        while not self._closing:
            moved = self._gather()
            try:
                publish_change(moved)
            except Exception:
                # Waiting requests also poll once a second.
                log.warning("could not publish changes", exc_info=True)
            for name, backlog in self._backlogs.items():
                if ids := backlog.take(at_once=self._closing):
                    traces = {key: self._traces.pop(key) for key in ids if key in self._traces}
                    publish_or_complain(name, ids, traces)

    def _gather(self) -> set[Move]:
        """Wait for commits, or until a backlog is due. Return their moves."""
        moved: set[Move] = set()
        try:
            committed = self._commits.get(timeout=self._delay())
            while committed is not None:
                moved |= committed.moves
                self._traces |= committed.traces
                for name, activities in groupby(committed.activities, itemgetter(0)):
                    self._backlogs[name].add(activity_id for _, activity_id in activities)
                committed = self._commits.get_nowait()
            self._closing = True
        except queue.Empty:
            pass
        return moved

    def _delay(self) -> float | None:
        """Return the seconds until the first backlog is due, or None when all are empty."""
        backlogs = [backlog for backlog in self._backlogs.values() if backlog.ids]
        return min((max(0.0, backlog.seconds_left()) for backlog in backlogs), default=None)


def publish_or_complain(
    name: str, ids: Sequence[UUID], traces: Mapping[UUID, str] | None = None
) -> None:
    """Publish the ids of activities called `name`, and log a failure.

    The ids are not kept for another attempt, which would fill the memory during an outage of Redis:
    the sweep will publish the rows.
    """
    try:
        publish(name, ids, traces)
    except Exception:
        log.warning("could not publish %d %s; the sweep will", len(ids), name, exc_info=True)
        metrics.PUBLISH_FAILURES.add(name, amount=len(ids))
    else:
        metrics.PUBLISHED.add(name, amount=len(ids))


def publish(name: str, ids: Iterable[UUID], traces: Mapping[UUID, str] | None = None) -> None:
    """Send the ids of activities called `name` to their queue, at most BATCH in a message.

    `traces` has the contexts of their rows. The message has none: the worker reads the rows.
    """
    with app.producer_pool.acquire(block=True, timeout=2) as producer:
        for batch in _batches(list(ids)):
            with _publish_span(name, batch, traces or {}):
                texts = [str(activity_id) for activity_id in batch]
                app.send_task(name, args=(texts,), producer=producer, ignore_result=True)


def _publish_span(
    name: str, ids: Sequence[UUID], traces: Mapping[UUID, str]
) -> AbstractContextManager[object]:
    """Make a span of one message: in the trace of its ids if that is one, otherwise with links."""
    if not tracing.is_on():
        return tracing.OFF
    contexts = [traces[key] for key in ids if key in traces]
    is_one = len({tracing.trace_id(context) for context in contexts}) == 1
    parent = contexts[0] if is_one else None
    attributes: tracing.Attributes = {"projectx.activity": name, "projectx.rows": len(ids)}
    return tracing.span(NewSpan(f"publish {name}", "producer", parent, contexts, attributes))


def publish_change(moves: Iterable[Move]) -> None:
    """Tell requests and browsers that wait for these executions, in all processes, of their moves.

    Each root has one message: a JSON list of the machines, ids and versions below it.
    """
    by_root: defaultdict[UUID, dict[UUID, Move]] = defaultdict(dict)
    for move in sorted(moves, key=attrgetter("version")):
        by_root[move.root_id][move.id] = move
    pipe = _redis().pipeline(transaction=False)
    for root_id, latest in by_root.items():
        hints = [
            {"machine": m.machine, "id": str(m.id), "version": m.version} for m in latest.values()
        ]
        pipe.publish(redis_url.change_channel(root_id), json.dumps(hints, separators=(",", ":")))
    if pipe:
        pipe.execute()


def start() -> Dispatcher:
    """Publish every commit of this process from now on."""
    dispatcher = _dispatcher()
    unit_of_work.after_commit(dispatcher.take)
    return dispatcher


def close() -> None:
    """Publish what is committed, before the process ends."""
    _dispatcher().close()


@cache
def _dispatcher() -> Dispatcher:
    return Dispatcher()


@cache
def _redis() -> redis.Redis:
    return redis_url.connect(settings.redis_url, socket_timeout=2, socket_connect_timeout=1)


def _batches(ids: list[UUID]) -> Iterator[list[UUID]]:
    for start_at in range(0, len(ids), BATCH):
        yield ids[start_at : start_at + BATCH]
