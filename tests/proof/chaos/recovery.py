"""The time from a fault until the interrupted activities are claimed again."""

import threading
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any

import psycopg2

from models.clock import tick
from tests.support import invariants

RUNNING = "SELECT id::text, token::text FROM activity WHERE state = 'running'"
# What is done, or waits for its next try, was not held by the dead.
STILL_HELD = """
    SELECT id::text, token::text FROM activity
    WHERE id = ANY(%s::uuid[]) AND state IN ('pending', 'running')
"""


@dataclass(frozen=True, slots=True)
class Held:
    """One activity that ran, under this token, when a blow of this kind fell."""

    kind: str
    since: float
    id: str
    token: str


class Recovery:
    """Looks at what ran, whoever ran it: what was not held by the dead is soon over."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._lock = threading.Lock()
        self._held: list[Held] = []
        self._took: list[tuple[str, float]] = []

    def running(self) -> list[invariants.Json]:
        """Return the activities that workers hold now; none while PostgreSQL is down."""
        with (
            suppress(psycopg2.OperationalError, psycopg2.InterfaceError),
            closing(psycopg2.connect(self._url, connect_timeout=2)) as db,
        ):
            return invariants.read(db, RUNNING)
        return []

    def begin(self, kind: str, running: list[invariants.Json]) -> None:
        """Record a fault that hit while these activities ran."""
        held = [Held(kind, tick(), row["id"], row["token"]) for row in running]
        with self._lock:
            self._held += held

    def look(self, db: Any) -> None:
        """Note what was taken again, finished or given back."""
        with self._lock:
            held = list(self._held)
        if not held:
            return
        rows = invariants.read(db, STILL_HELD, [activity.id for activity in held])
        tokens = {row["id"]: row["token"] for row in rows}
        # A pending one has no token: nobody has taken it yet.
        over = [
            activity
            for activity in held
            if tokens.get(activity.id, "") not in (None, activity.token)
        ]
        self._took += [(activity.kind, tick() - activity.since) for activity in over]
        with self._lock:
            self._held = [activity for activity in self._held if activity not in over]

    def tell(self, lease: float) -> str:
        """Print the figures, including activities that are not claimed yet."""
        took = self._took + [(activity.kind, tick() - activity.since) for activity in self._held]
        after = [seconds for kind, seconds in took if kind.startswith("worker")]
        longest = max((seconds for _, seconds in took), default=0.0)
        slow = sum(seconds > lease + 2 for seconds in after)
        return (
            f"longest recovery: {max(after, default=0.0):.1f} s after the death of a worker, "
            f"{longest:.1f} s after any blow; the lease is {lease:g} s\n"
            f"{slow} of {len(after)} activities that ran when a worker died took longer than the "
            "lease and 2 s, under further blows"
        )
