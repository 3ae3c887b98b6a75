"""Load shedding: new orders are refused while the system cannot carry them out in time.

Webhooks, health, the console and what customers ask about their orders are never refused.
"""

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
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

FIRST_CALL = "payments.create_intent"  # the call that a new order waits for
MIN_COUNTED_WAIT = timedelta(seconds=5)  # younger calls are not counted
QUEUE_CHECK_INTERVAL = 1.0  # seconds
LOG_INTERVAL = 10.0  # seconds between two lines with the same reason
# Seconds for which an order keeps its place after it is written, while its payment is prepared.
# Longer, and an outage of payments would stop orders; shorter, and more orders would be taken than
# can be paid in time.
PAYMENT_WAIT = 2.0
# Seconds for which an order waits for a place, so that a crowd that comes at once finds room.
PLACE_WAIT = 1.0
# Seconds until a refused client should try again.
QUEUE_RETRY, PLACE_RETRY = 5, 1


class Place:
    """The place of one order at a gate. It becomes free at `free_at`, on the clock of `tick`."""

    def __init__(self, gate: "OrderGate") -> None:
        self._gate = gate
        self.free_at = inf

    def writing(self) -> AbstractContextManager[None]:
        """Write the order inside, with one of the connections that orders may use."""
        return self._gate.writing(self)


class OrderGate:
    """The gate for new orders: `places` at once, and as many more may wait for a place.

    An order has its place until its payment can begin. All orders are refused while `max_queue`
    first calls wait for a worker; 0 means any number. `writers` orders are written at once: more
    would be no faster, while other requests would wait for a connection to the database.
    """

    def __init__(self, places: int, max_queue: int, writers: int) -> None:
        self._number, self._max_queue = places, max_queue
        self._writers = BoundedSemaphore(writers)
        self._places: set[Place] = set()
        self._waiting, self._changed = 0, Condition()
        self._queue = Cached(QUEUE_CHECK_INTERVAL, lambda: count_waiting(max_queue))
        self._log_lock = Lock()
        self._logged_at: dict[str, float] = {}

    def check(self) -> None:
        """Refuse at once what `take_place` would refuse. Raises OverloadedError."""
        if self._max_queue and self._queue.get() >= self._max_queue:
            self._refuse(f"{self._max_queue} or more {FIRST_CALL} wait for a worker", QUEUE_RETRY)
        with self._changed:
            is_full = self._is_waiting_full() and self._next_free_at() is not None
        if is_full:
            self._refuse_place()

    @contextmanager
    def take_place(self) -> Iterator[Place]:
        """Wait for a place, and hold it while the block runs. Raises OverloadedError."""
        place = Place(self)
        with self._changed:
            has_place = self._wait_for_place()
            if has_place:
                self._places.add(place)
        if not has_place:
            self._refuse_place()
        try:
            yield place
        finally:
            with self._changed:
                self._places.discard(place)
                self._changed.notify()

    @contextmanager
    def writing(self, place: Place) -> Iterator[None]:
        """Write an order inside; after it, the order keeps its place for PAYMENT_WAIT."""
        with self._writers:
            yield
        with self._changed:
            place.free_at = tick() + PAYMENT_WAIT
            self._changed.notify()

    def _wait_for_place(self) -> bool:
        """Return whether there is a place; wait for one if others do not fill the waiting line."""
        if self._next_free_at() is None:
            return True
        if self._is_waiting_full():
            return False
        give_up_at, self._waiting = tick() + PLACE_WAIT, self._waiting + 1
        try:
            while (free_at := self._next_free_at()) is not None:
                if tick() >= give_up_at:
                    return False
                self._changed.wait(max(0.0, min(free_at, give_up_at) - tick()))
            return True
        finally:
            self._waiting -= 1

    def _next_free_at(self) -> float | None:
        """Return when the next place becomes free, or None when one is free now."""
        at = tick()
        taken = [place.free_at for place in self._places if place.free_at > at]
        return min(taken) if len(taken) >= self._number else None

    def _is_waiting_full(self) -> bool:
        return self._waiting >= self._number

    def _refuse_place(self) -> NoReturn:
        self._refuse("all places of this process are taken", PLACE_RETRY)

    def _refuse(self, reason: str, retry_after: int) -> NoReturn:
        with self._log_lock:
            is_due = tick() - self._logged_at.get(reason, -LOG_INTERVAL) >= LOG_INTERVAL
            if is_due:
                self._logged_at[reason] = tick()
        if is_due:
            log.warning("new orders are refused with 503: %s", reason)
        raise OverloadedError(retry_after)


def count_waiting(limit: int) -> int:
    """Count the first calls that have waited for a worker for MIN_COUNTED_WAIT, up to `limit`."""
    at = now()
    waiting = select(literal(1)).where(
        ActivityRow.name == FIRST_CALL,
        ActivityRow.state == ActivityState.PENDING,
        # What waits for its next attempt may lie behind, in any number.
        ActivityRow.due_at <= at + PUBLISHER_LEASE,
        ActivityRow.created_at < at - MIN_COUNTED_WAIT,
    )
    with reading() as session:
        counted = select(func.count()).select_from(waiting.limit(limit).subquery())
        return session.scalar(counted) or 0


# Shared by all applications of the process, because they share its connections.
ORDERS = OrderGate(
    settings.orders_at_once, settings.shed_queue, writers=max(1, settings.database_pool // 4)
)
