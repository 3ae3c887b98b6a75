"""Load shedding: new orders are refused while the system cannot keep up, before all else suffers.

Webhooks, health, the console and what customers ask about their orders are never refused.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import BoundedSemaphore, Lock

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
# Seconds in which an order waits for a place: a crowd that comes at once finds room one by one.
PLACE_WAIT = 1.0
# Seconds until a refused client should try again.
QUEUE_RETRY, PLACE_RETRY = 5, 1


class OrderGate:
    """The gate for new orders: `limit` at once, and none while `queue` first calls wait long."""

    def __init__(self, limit: int, queue: int) -> None:
        self._places, self._queue = BoundedSemaphore(limit), queue
        self._waiting = Cached(QUEUE_CHECK_INTERVAL, lambda: count_waiting(queue))
        self._lock = Lock()
        self._logged_at: dict[str, float] = {}

    @contextmanager
    def enter(self) -> Iterator[None]:
        """Wait for a place, and hold it while an order is placed. Raises OverloadedError."""
        if not self._places.acquire(timeout=PLACE_WAIT):
            self._log("all places of this process are taken")
            raise OverloadedError(PLACE_RETRY)
        try:
            if self._queue and self._waiting.get() >= self._queue:
                self._log(f"{self._queue} or more {FIRST_CALL} wait for a worker")
                raise OverloadedError(QUEUE_RETRY)
            yield
        finally:
            self._places.release()

    def _log(self, reason: str) -> None:
        with self._lock:
            is_due = tick() - self._logged_at.get(reason, -LOG_INTERVAL) >= LOG_INTERVAL
            if is_due:
                self._logged_at[reason] = tick()
        if is_due:
            log.warning("orders are refused: %s", reason)


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
ORDERS = OrderGate(settings.orders_at_once, settings.shed_queue)
