"""Gunicorn's worker of the web processes: threads that stay with busy connections."""

import select
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

# The wait for the next request of a connection, before it goes back to the main thread.
STAY_MILLISECONDS = 5


class SteadyWorker(ThreadWorker):  # type: ignore[misc]
    """A worker whose threads stay with their connections for a moment after each request.

    To hand a connection to the main thread and back costs a fifth of a short request.
    """

    def handle(self, conn: TConn) -> Any:
        """Answer the requests of a connection, and return whether it stays open."""
        is_open = super().handle(conn)
        while is_open is True and self._has_free_thread() and _is_readable(conn):
            is_open = super().handle(conn)
        return is_open

    def _has_free_thread(self) -> bool:
        """Return whether the next request of another connection finds a thread."""
        idle = len(self.keepalived_conns) + len(self.pending_conns)
        return bool(self.alive and self.nr_conns - idle < self.cfg.threads)


def _is_readable(conn: TConn) -> bool:
    poller = select.poll()
    poller.register(conn.sock, select.POLLIN)
    return bool(poller.poll(STAY_MILLISECONDS))
