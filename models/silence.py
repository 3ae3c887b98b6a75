"""Client-side timeouts for statements on a server that no longer answers.

The server enforces `statement_timeout`, and the kernels answer keepalives. Neither helps when the
host is up but its PostgreSQL, or a proxy in between, has stopped. So a thread checks the running
statements, and shuts down the connection of one that has waited too long.
"""

import contextlib
import os
import socket
import threading
from typing import Any

import psycopg2
from psycopg2.extensions import connection, cursor

from models.clock import tick

CHECK_INTERVAL_SECONDS = 1.0


class _Watch:
    """The connections with a running statement in this process, with their time limits."""

    def __init__(self) -> None:
        self._is_watching = False
        self.lock = threading.Lock()
        self.waiting: dict[Any, float] = {}

    def add(self, waiting: "WatchedConnection") -> None:
        if not self._is_watching:
            self._start()
        if waiting.patience is not None:
            self.waiting[waiting] = tick() + waiting.patience

    def remove(self, waiting: "WatchedConnection") -> None:
        # Waits for a shutdown under way: its file descriptor must not be reused meanwhile.
        with self.lock:
            self.waiting.pop(waiting, None)

    def _start(self) -> None:
        with self.lock:
            if not self._is_watching:
                self._is_watching = True
                threading.Thread(target=self._work, name="silence", daemon=True).start()

    def _work(self) -> None:
        pause = threading.Event()
        while True:
            pause.wait(CHECK_INTERVAL_SECONDS)
            with self.lock:
                late = [waiting for waiting, end in list(self.waiting.items()) if end < tick()]
                for waiting in late:
                    _shut(waiting)
                    self.waiting.pop(waiting, None)


_watch = _Watch()


def _reset() -> None:
    """Begin anew in a fork, where neither the thread nor one that holds the lock exists."""
    _watch.__init__()  # type: ignore[misc]


os.register_at_fork(after_in_child=_reset)


def _shut(stuck: connection) -> None:
    """Shut down a connection: the thread that waits for it sees it closed by the server."""
    with contextlib.suppress(OSError, psycopg2.Error):
        ours = socket.socket(fileno=os.dup(stuck.fileno()))
        with contextlib.closing(ours):
            ours.shutdown(socket.SHUT_RDWR)


class WatchedConnection(connection):
    """A connection that waits for an answer for `patience` seconds; None means no limit."""

    patience: float | None = None

    def commit(self) -> None:
        _watch.add(self)
        try:
            super().commit()
        finally:
            _watch.remove(self)

    def rollback(self) -> None:
        _watch.add(self)
        try:
            super().rollback()
        finally:
            _watch.remove(self)


class WatchedCursor(cursor):
    """A cursor whose statements are watched."""

    connection: WatchedConnection

    def execute(self, *arguments: Any, **options: Any) -> None:
        _watch.add(self.connection)
        try:
            super().execute(*arguments, **options)
        finally:
            _watch.remove(self.connection)


def watched(patience: float) -> type[WatchedConnection]:
    """Return a class of connections that wait for `patience` seconds."""
    return type("PatientConnection", (WatchedConnection,), {"patience": patience})
