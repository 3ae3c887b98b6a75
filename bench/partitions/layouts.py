"""The tables `transition` and `activity`, once as they are and twice in partitions by time.

Each layout is a schema of one server, so that the code finds its tables by the search path. Ids
sort by time: a partition has a range of them.
"""

import random
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from queue import SimpleQueue
from typing import Any
from uuid import UUID

import psycopg2

from models.clock import now
from models.ids import first_of

# The partitions of each layout, by its schema. The last one is in use.
LAYOUTS = {"today": 0, "in_13": 13, "in_60": 60}
KEYS = {"transition": "subject_id", "activity": "id"}
SPAN = timedelta(days=390)
SLICE = 100_000  # orders or activities of a transaction
# The server has two processors.
CONNECTIONS = 2
SETUP = """
SET synchronous_commit = off;
SET statement_timeout = 0;
SET maintenance_work_mem = '512MB';
SET max_parallel_maintenance_workers = 0;
"""
# Numbered rows with their times and ids.
FUNCTIONS = """
CREATE FUNCTION public.key(kind text, n bigint, at timestamptz) RETURNS uuid IMMUTABLE LANGUAGE sql
AS $$ SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
    || substr(md5(kind || n), 1, 3) || '8' || substr(md5(kind || n), 4, 15))::uuid $$;
CREATE FUNCTION public.numbered(kind text, first bigint, last bigint, start timestamptz,
    distance interval) RETURNS TABLE (n bigint, at timestamptz, id uuid) IMMUTABLE LANGUAGE sql
AS $$ SELECT n, start + n * distance, public.key(kind, n, start + n * distance)
      FROM generate_series(first, last) AS n OFFSET 0 $$;
"""
TRANSITIONS = """
INSERT INTO transition (subject_id, version, machine, signal, source, target, ignored, cause, at)
SELECT id, version, 'order', 'paid', 'Pending', 'Confirmed', false,
    CASE version WHEN 1 THEN 'request:' || id ELSE 'signal:stripe:evt_' || n END, at
FROM public.numbered('order', %(first)s, %(last)s, %(start)s, %(distance)s),
    generate_series(1, 5) AS version
"""
SAMPLE = """
SELECT public.key('order', n, %(start)s + n * %(distance)s) FROM unnest(%(numbers)s) AS n
"""
# One of ten thousand gave up, and is kept.
ACTIVITIES = """
INSERT INTO activity (id, name, machine, subject_id, state, attempts, unknown_outcomes, due_at,
    payload, provider_request_id, created_at, finished_at)
SELECT id, CASE n %% 2 WHEN 0 THEN 'payments.create_intent' ELSE 'emails.order_confirmed' END,
    'order', public.key('order', n, at), CASE n %% 10000 WHEN 0 THEN 'failed' ELSE 'done' END, 1, 0,
    at, '{}', 'req_' || n, at, at
FROM public.numbered('activity', %(first)s, %(last)s, %(start)s, %(distance)s)
"""
INDEXES = """
SELECT indexdef FROM pg_indexes
WHERE schemaname = 'public' AND tablename IN ('transition', 'activity') ORDER BY indexname
"""


Statement = tuple[str, dict[str, Any] | None]


class Connections:
    """Two connections that share statements, as the server has two processors."""

    def __init__(self, url: str) -> None:
        self._all = [psycopg2.connect(url) for _ in range(CONNECTIONS)]
        for connection in self._all:
            connection.autocommit = True
        self.each(SETUP)

    def each(self, statement: str) -> None:
        for connection in self._all:
            with connection.cursor() as cursor:
                cursor.execute(statement)

    def read(self, query: str, values: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        with self._all[0].cursor() as cursor:
            cursor.execute(query, values)
            return list(cursor.fetchall())

    def share(self, statements: Iterable[Statement]) -> None:
        free: SimpleQueue[Any] = SimpleQueue()
        for connection in self._all:
            free.put(connection)

        def execute(statement: Statement) -> None:
            connection = free.get()
            try:
                with connection.cursor() as cursor:
                    cursor.execute(*statement)
            finally:
                free.put(connection)

        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(execute, statements))

    def close(self) -> None:
        for connection in self._all:
            connection.close()


def fill(url: str, orders: int, activities: int) -> datetime:
    """Make the tables of all layouts with the same rows. Return the time of the oldest ones.

    Their indexes are those that the migrations made.
    """
    start, connections = now() - SPAN, Connections(url)
    connections.each("SET search_path = public")
    connections.share([(FUNCTIONS, None)])
    indexes = [text for (text,) in connections.read(INDEXES)]
    for layout, number in LAYOUTS.items():
        connections.share([(f"CREATE SCHEMA {layout}", None)])
        connections.each(f"SET search_path = {layout}, public")
        for statement in _tables(number, start):
            connections.share([(statement, None)])
        connections.share(_slices(TRANSITIONS, orders, start))
        connections.share(_slices(ACTIVITIES, activities, start))
        connections.share((text.replace(" public.", f" {layout}."), None) for text in indexes)
        connections.share((f"VACUUM (FREEZE, ANALYZE) {table}", None) for table in KEYS)
    connections.close()
    return start


def sample(url: str, start: datetime, orders: int, number: int) -> list[UUID]:
    """Return the ids of some of the orders, without reading their rows."""
    connections = Connections(url)
    values = {"start": start, "distance": SPAN / orders}
    values["numbers"] = random.Random(1).sample(range(orders), number)
    ids = [UUID(key) for (key,) in connections.read(SAMPLE, values)]
    connections.close()
    return ids


def partitions(table: str, number: int, start: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield the name and the end of each partition. The last one ends in a day."""
    length = (SPAN + timedelta(days=1)) / number
    for index in range(number):
        yield f"{table}_{index:02}", start + (index + 1) * length


def _tables(number: int, start: datetime) -> Iterator[str]:
    """Yield the statements that make the tables of a layout, without indexes."""
    for table, key in KEYS.items():
        how = f"PARTITION BY RANGE ({key})" if number else ""
        # Whatever no other partition takes is not refused.
        yield f"CREATE TABLE {table} (LIKE public.{table} INCLUDING ALL EXCLUDING INDEXES) {how}"
        leaves, first = [] if number else [table], "MINVALUE"
        for name, end in partitions(table, number, start) if number else ():
            last = f"'{first_of(end)}'"
            yield f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ({first}) TO ({last})"
            leaves.append(name)
            first = last
        if number:
            yield f"CREATE TABLE {table}_rest PARTITION OF {table} DEFAULT"
        if table == "activity":
            # As the migrations set it.
            yield from (f"ALTER TABLE {name} SET (fillfactor = 80)" for name in leaves)


def _slices(statement: str, rows: int, start: datetime) -> Iterator[Statement]:
    for first in range(0, rows, SLICE):
        last = min(first + SLICE, rows) - 1
        values = {"first": first, "last": last, "start": start, "distance": SPAN / rows}
        yield statement, values
