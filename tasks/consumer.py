"""Celery's consumer of messages, with pauses that grow, and stay short.

Celery connects again at once after a lost connection, as it should when Redis was restarted. A
Redis that answers and refuses what a worker needs (it has become a replica, is full, or grants too
few rights) would be asked dozens of times a second: here each failure makes the pause longer. While
Redis does not answer, Celery's own pauses grow to half a minute, and work would begin that late.
"""

import logging
from functools import partial
from time import monotonic as tick
from time import sleep
from typing import Any

from celery.worker.consumer import consumer
from celery.worker.state import maybe_shutdown

log = logging.getLogger(__name__)

STEP = 2.0  # seconds by which a pause is longer than the one before
MAX_PAUSE = 6.0  # seconds
# A consumer that ends sooner after it connected has failed.
MIN_WORK = 10.0  # seconds


class Consumer(consumer.Consumer):  # type: ignore[misc]
    _connected_at = 0.0
    _failures = 0

    def ensure_connected(self, conn: Any) -> Any:
        """Connect, with pauses up to MAX_PAUSE."""
        conn.ensure_connection = partial(conn.ensure_connection, interval_max=MAX_PAUSE)
        connected = super().ensure_connected(conn)
        self._connected_at = tick()
        return connected

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Close the connection, and pause if it has failed soon."""
        super().on_connection_error_after_connected(exc)
        has_worked = tick() - self._connected_at > MIN_WORK
        self._failures = 0 if has_worked else self._failures + 1
        pause = min(STEP * self._failures, MAX_PAUSE)
        if pause:
            log.warning("Redis: %s; asking again in %.0f s", exc, pause)
        _sleep(pause)


def _sleep(seconds: float) -> None:
    """Sleep, unless the worker is to stop."""
    end = tick() + seconds
    while (left := end - tick()) > 0:
        maybe_shutdown()
        sleep(min(left, 1.0))
