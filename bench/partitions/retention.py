"""Old activities are deleted in batches from today's table, and with their partition in others."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg2

from bench.partitions.layouts import ACTIVITIES, LAYOUTS, SPAN, partitions
from config import settings
from models import clock, retention
from models.base import db
from models.clock import tick
from models.ids import first_of

# The oldest third of the activities is forgotten.
OLD = SPAN / 3
SIZE = """
SELECT coalesce(sum(pg_total_relation_size(relid)), pg_total_relation_size(%(table)s))
FROM pg_partition_tree(%(table)s)
"""
WRITTEN = "SELECT pg_current_wal_insert_lsn() - '0/0'"
COUNT = "SELECT count(*) FROM activity WHERE id < %s"
FAILED = "SELECT count(*) FROM activity WHERE state = 'failed'"
# Found while nobody waits: of the partition, no other row can come to be kept later.
FIND_KEPT = """
CREATE TEMP TABLE kept AS SELECT id FROM activity
WHERE id < %s AND (state NOT IN ('done', 'abandoned') OR finished_at >= %s)
"""
# They go to the partition of the rest, since no other takes them any more.
MOVE_KEPT = "INSERT INTO activity SELECT * FROM leaving WHERE id IN (SELECT id FROM kept)"


@dataclass(slots=True)
class Cost:
    """The cost of forgetting.

    `locked` is the longest time in which nobody could use the table. `left_rows` are old ones that
    are kept, or that share a partition with younger ones.
    """

    old_rows: int = 0
    left_rows: int = 0
    seconds: float = 0
    locked: float = 0
    wal: float = 0
    vacuum_seconds: float = 0
    vacuum_wal: float = 0
    bytes_before: float = 0
    bytes_after: float = 0
    bytes_refilled: float = 0


def forget(url: str, start: datetime) -> dict[str, Cost]:
    """Forget the oldest activities of each layout, and return the costs."""
    limit = start + OLD
    costs = {}
    for layout, number in LAYOUTS.items():
        connection = psycopg2.connect(url)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"SET search_path = {layout}, public; SET statement_timeout = 0")
            cost = costs[layout] = Cost(bytes_before=size(cursor, "activity"))
            cost.old_rows = _read(cursor, COUNT, first_of(limit))
            failed = _read(cursor, FAILED)
            with _measured(cursor) as spent:
                if number:
                    _drop(cursor, number, start, limit, cost)
                else:
                    _delete(cursor, limit)
            cost.seconds, cost.wal = spent
            if _read(cursor, FAILED) != failed:
                raise RuntimeError(f"{layout} has lost activities that failed")
            with _measured(cursor) as spent:
                cursor.execute("VACUUM activity")
            cost.vacuum_seconds, cost.vacuum_wal = spent
            cost.left_rows = _read(cursor, COUNT, first_of(limit))
            cost.bytes_after = size(cursor, "activity")
            _refill(cursor, cost.old_rows - cost.left_rows)
            cost.bytes_refilled = size(cursor, "activity")
        connection.close()
    return costs


def size(cursor: Any, table: str) -> int:
    """Return the bytes of a table, its partitions and all their indexes."""
    cursor.execute(SIZE, {"table": table})
    return int(cursor.fetchone()[0])


def _read(cursor: Any, query: str, *values: Any) -> int:
    cursor.execute(query, [str(value) for value in values])
    return int(cursor.fetchone()[0])


@contextmanager
def _measured(cursor: Any) -> Iterator[list[float]]:
    """Yield a list that has the seconds and the bytes of the write-ahead log in the end."""
    spent: list[float] = []
    first, start = _read(cursor, WRITTEN), tick()
    yield spent
    spent += [tick() - start, _read(cursor, WRITTEN) - first]


def _delete(cursor: Any, limit: datetime) -> None:
    """Delete them as beat does, without its pauses."""
    # For the connections of the application.
    cursor.execute("ALTER ROLE CURRENT_USER SET search_path = today, public")
    db.engine.dispose()
    with clock.stopped(limit + timedelta(days=settings.retention_days)):
        while retention.forget()["activity"]:
            pass
    cursor.execute("ALTER ROLE CURRENT_USER RESET search_path")
    db.engine.dispose()


def _refill(cursor: Any, rows: int) -> None:
    """Insert as many new activities as were forgotten."""
    values = {"first": 1, "last": rows, "start": clock.now()}
    cursor.execute(ACTIVITIES, values | {"distance": timedelta(milliseconds=10)})


def _drop(cursor: Any, number: int, start: datetime, limit: datetime, cost: Cost) -> None:
    """Drop each partition that is older than the limit as a whole, but for the rows to keep."""
    for name, end in partitions("activity", number, start):
        if end > limit:
            break
        cursor.execute(FIND_KEPT, (str(first_of(end)), limit))
        locked_at = tick()
        cursor.execute("BEGIN")
        # Not CONCURRENTLY: PostgreSQL refuses that beside a default partition.
        cursor.execute(f"ALTER TABLE activity DETACH PARTITION {name}")
        cursor.execute(f"ALTER TABLE {name} RENAME TO leaving")
        cursor.execute(MOVE_KEPT)
        cursor.execute("DROP TABLE leaving; COMMIT")
        cost.locked = max(cost.locked, tick() - locked_at)
        cursor.execute("DROP TABLE kept")
