"""When what time asks for has its turn: not all at once, however much falls due at once."""

import threading
from datetime import UTC, datetime, timedelta

from models.clock import now


class Pace:
    """Spreads what very many executions may ask for at once: of each name, one falls due every
    `step`, so that what is new goes on beside it. Each process has a pace of its own.
    """

    def __init__(self, step: timedelta) -> None:
        self._step = step
        self._turn = threading.Lock()
        self.start()

    def start(self) -> None:
        """Forget what has been asked for, as a new process would."""
        self._next: dict[str, datetime] = {}
        self._rest = self._seen = datetime.min.replace(tzinfo=UTC)

    def rest(self, span: timedelta) -> None:
        """Let nothing more fall due for `span`."""
        with self._turn:
            self._rest = self._look() + span

    def moment(self, name: str) -> datetime:
        """When the next activity called `name` falls due."""
        with self._turn:
            at = self._look()
            due = max(at, self._rest, self._next.get(name, at))
            self._next[name] = due + self._step
            return due

    def _look(self) -> datetime:
        at = now()
        if at < self._seen:
            # The clock has gone back.
            self.start()
        self._seen = at
        return at
