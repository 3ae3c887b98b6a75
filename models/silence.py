"""A server that says nothing any more: no statement waits for it without end.

`statement_timeout` is the server's to keep, keepalives are the kernels'. Where the server's host is
up and its PostgreSQL, or a proxy in between, has stopped, neither is of use. So a thread looks at
the statements under way, and ends the connection of one that has waited for longer than it may.
"""

import contextlib
import os
import socket
import threading
from typing import Any

import psycopg2
from psycopg2.extensions import connection, cursor

from models.clock import tick

# Seconds between two looks.
LOOK = 1.0


class _Watch:
    """The statements under way in this process, with the moments at which they are given up."""

    def __init__(self) -> None:
        self._pid = 0
        self.lock = threading.Lock()
        self.waiting: dict[Any, float] = {}

    def add(self, waiting: "WatchedConnection") -> None:
        if self._pid != os.getpid():
            self._start()
        if waiting.patience is not None:
            self.waiting[waiting] = tick() + waiting.patience

    def remove(self, waiting: "WatchedConnection") -> None:
        # Not while it is being ended: its number may be another's by then.
        with self.lock:
            self.waiting.pop(waiting, None)

    def _start(self) -> None:
        with self.lock:
            if self._pid != os.getpid():
                self._pid, self.waiting = os.getpid(), {}
                threading.Thread(target=self._work, name="silence", daemon=True).start()

    def _work(self) -> None:
        pause = threading.Event()
        while True:
            pause.wait(LOOK)
            with self.lock:
                late = [found for found, end in list(self.waiting.items()) if end < tick()]
                for found in late:
                    _shut(found)
                    self.waiting.pop(found, None)


_watch = _Watch()


def _reset() -> None:
    """In a fork the lock may be held by a thread that is not there."""
    _watch.__init__()  # type: ignore[misc]


os.register_at_fork(after_in_child=_reset)


def _shut(found: connection) -> None:
    """End a connection, for the thread that waits for it: it sees that the server has closed it."""
    with contextlib.suppress(OSError, psycopg2.Error):
        ours = socket.socket(fileno=os.dup(found.fileno()))
        with contextlib.closing(ours):
            ours.shutdown(socket.SHUT_RDWR)


class WatchedConnection(connection):
    """`patience` is how many seconds it waits for an answer; for ever when None."""

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
    connection: WatchedConnection

    def execute(self, *arguments: Any, **options: Any) -> None:
        _watch.add(self.connection)
        try:
            super().execute(*arguments, **options)
        finally:
            _watch.remove(self.connection)


def watched(patience: float) -> type[WatchedConnection]:
    """Return the class of connections that wait for `patience` seconds."""
    return type("PatientConnection", (WatchedConnection,), {"patience": patience})
