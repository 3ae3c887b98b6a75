"""Load shedding: new orders are refused while the system cannot keep up, before all else suffers.

Webhooks, health, the console and what customers ask about their orders are never refused.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import partial
from math import inf
from threading import BoundedSemaphore, Condition, Lock
from typing import NoReturn

from sqlalchemy import func, literal, select

from config import settings
from models import ActivityRow, ActivityState, reading
from models.clock import now, tick
from models.durable.activity import PUBLISHER_LEASE
from models.errors import OverloadedError
from web.cached import Cached

log = logging.getLogger(__name__)

# The call that a new order waits for, and the age after which a waiting one counts.
FIRST_CALL, LONG_WAIT = "payments.create_intent", timedelta(seconds=5)
QUEUE_CHECK_INTERVAL = 1.0  # seconds
LOG_INTERVAL = 10.0  # seconds between two lines about the same
# Seconds for which an order that waits for its payment keeps its place. Longer, and an outage of
# payments would stop orders; shorter, and more would be taken than can be paid in time.
PAYMENT_WAIT = 2.0
# Seconds in which an order waits for a place: a crowd that comes at once finds room one by one.
PLACE_WAIT = 1.0
# Seconds until a refused client should try again.
QUEUE_RETRY, PLACE_RETRY = 5, 1
# A context in which an order is written.
Writing = Callable[[], AbstractContextManager[None]]


class OrderGate:
    """The gate for new orders: `limit` at once, and none while `queue` first calls wait long.

    An order counts until its payment can begin. As many more may wait for a place. `writers`
    orders at once have a connection to the database.
    """

    def __init__(self, limit: int, queue: int, writers: int) -> None:
        self._limit, self._queue = limit, queue
        self._writers = BoundedSemaphore(writers)
        # The end of each place that is taken; it has none while the order is written.
        self._places: dict[object, float] = {}
        self._line, self._changed = 0, Condition()
        self._long_queue = Cached(QUEUE_CHECK_INTERVAL, lambda: count_waiting(queue))
        self._log_lock = Lock()
        self._logged_at: dict[str, float] = {}

    def check(self) -> None:
        """Refuse at once what `enter` would refuse. Raises OverloadedError."""
        if self._queue and self._long_queue.get() >= self._queue:
            self._refuse(f"{self._queue} or more {FIRST_CALL} wait for a worker", QUEUE_RETRY)
        with self._changed:
            is_full = self._is_line_full() and self._next_end() is not None
        if is_full:
            self._refuse_place()

    @contextmanager
    def enter(self) -> Iterator[Writing]:
        """Wait for a place, and hold it. Raises OverloadedError.

        Yields a context in which the order is written; after it, the order waits for its payment.
        """
        place = object()
        if not self._take(place):
            self._refuse_place()
        try:
            yield partial(self._writing, place)
        finally:
            with self._changed:
                self._places.pop(place, None)
                self._changed.notify()

    @contextmanager
    def _writing(self, place: object) -> Iterator[None]:
        with self._writers:
            yield
        with self._changed:
            self._places[place] = tick() + PAYMENT_WAIT
            self._changed.notify()

    def _take(self, place: object) -> bool:
        with self._changed:
            if not self._wait_for_room():
                return False
            self._places[place] = inf
            return True

    def _wait_for_room(self) -> bool:
        """Wait in the line, if there is none left; return whether there is a place."""
        if self._next_end() is None:
            return True
        if self._is_line_full():
            return False
        give_up_at, self._line = tick() + PLACE_WAIT, self._line + 1
        try:
            while (end := self._next_end()) is not None:
                if tick() >= give_up_at:
                    return False
                self._changed.wait(max(0.0, min(end, give_up_at) - tick()))
            return True
        finally:
            self._line -= 1

    def _next_end(self) -> float | None:
        """Return when the next of the places is free, or None when one is."""
        at = tick()
        taken = sorted(end for end in self._places.values() if end > at)
        return taken[0] if len(taken) >= self._limit else None

    def _is_line_full(self) -> bool:
        return self._line >= self._limit

    def _refuse_place(self) -> NoReturn:
        self._refuse("all places of this process are taken", PLACE_RETRY)

    def _refuse(self, reason: str, retry: int) -> NoReturn:
        with self._log_lock:
            is_due = tick() - self._logged_at.get(reason, -LOG_INTERVAL) >= LOG_INTERVAL
            if is_due:
                self._logged_at[reason] = tick()
        if is_due:
            log.warning("orders are refused: %s", reason)
        raise OverloadedError(retry)


def count_waiting(limit: int) -> int:
    """Count up to `limit` first calls of orders that have waited for a worker for long."""
    at = now()
    waiting = select(literal(1)).where(
        ActivityRow.name == FIRST_CALL,
        ActivityRow.state == ActivityState.PENDING,
        # What waits for its next attempt may lie behind, in any number.
        ActivityRow.due_at <= at + PUBLISHER_LEASE,
        ActivityRow.created_at < at - LONG_WAIT,
    )
    with reading() as session:
        counted = select(func.count()).select_from(waiting.limit(limit).subquery())
        return session.scalar(counted) or 0


# Shared by all applications of the process, because they share its connections.
# More would not be written sooner, while webhooks and all else would wait for a connection.
ORDERS = OrderGate(
    settings.orders_at_once, settings.shed_queue, writers=max(1, settings.database_pool // 4)
)
