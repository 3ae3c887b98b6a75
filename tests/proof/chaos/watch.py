"""The longest standstill of a system, and the largest delay of its activities."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import psycopg2

from models.clock import tick
from tests.proof.chaos.recovery import Recovery

OFTEN = 0.1  # seconds
# What is late by how many seconds at most, and how much was ever done.
LOOK = """
    SELECT coalesce(extract(epoch FROM clock_timestamp() - min(due_at) FILTER (
        WHERE state IN ('queued', 'pending', 'waiting', 'running')))::float, 0),
        count(*) FILTER (WHERE state = 'done')
    FROM activity
"""


class Watch:
    """`late` and `still` are the longest of their kind, in seconds."""

    def __init__(self, database_url: str, recovery: Recovery) -> None:
        self._url, self._recovery = database_url, recovery
        self._over = threading.Event()
        self._broken: Exception | None = None
        self.late = self.still = 0.0
        self._done, self._since = 0, tick()

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Watch the system during the block. Raises at the end if watching failed."""
        thread = threading.Thread(target=self._look_on)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()
        if self._broken is not None:
            raise self._broken

    def _look_on(self) -> None:
        try:
            while not self._over.is_set():
                self._look_while_it_is_there()
                # PostgreSQL is down, which is a standstill like any other.
                self._note_still()
                self._over.wait(OFTEN)
        except Exception as error:  # noqa: BLE001  raised again in the main thread
            self._broken = error

    def _look_while_it_is_there(self) -> None:
        with (
            suppress(psycopg2.OperationalError, psycopg2.InterfaceError),
            closing(psycopg2.connect(self._url, connect_timeout=2)) as connection,
        ):
            while not self._over.wait(OFTEN):
                self._look(connection)
                self._recovery.look(connection)

    def _look(self, connection: "psycopg2.extensions.connection") -> None:
        with connection, connection.cursor() as cursor:
            cursor.execute(LOOK)
            late, done = cursor.fetchone() or (0.0, 0)
        self.late = max(self.late, late)
        if done > self._done:
            self._note_still()
            self._done, self._since = done, tick()

    def _note_still(self) -> None:
        self.still = max(self.still, tick() - self._since)
