"""Gauges of PostgreSQL itself, from its own statistics."""

from collections.abc import Iterator

from sqlalchemy import text

from exporter import gauges
from exporter.groups import Sample
from models.base import db

ACTIVITY = text("""
SELECT coalesce(state, 'other') AS state, count(*) AS number,
    coalesce(max(extract(epoch FROM now() - xact_start)), 0) AS oldest
FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() GROUP BY 1
""")
STATISTICS = text("""
SELECT xact_commit, xact_rollback, deadlocks, blks_hit, blks_read,
    current_setting('max_connections')::int AS max_connections
FROM pg_stat_database WHERE datname = current_database()
""")
DEAD = text("SELECT relname, n_dead_tup FROM pg_stat_user_tables")
SIZE = text("SELECT pg_database_size(current_database())")
STATES = ("active", "idle", "idle in transaction")


def load_connections() -> Iterator[Sample]:
    """Yield the connections by state, and the counters of the database."""
    rows = db.session.execute(ACTIVITY).all()
    numbers = {row.state: row.number for row in rows}
    for state in (*STATES, *(numbers.keys() - set(STATES))):
        yield gauges.CONNECTIONS, (state,), numbers.get(state, 0)
    oldest = max((float(row.oldest) for row in rows), default=0.0)
    yield gauges.OLDEST_TRANSACTION, (), max(oldest, 0)
    row = db.session.execute(STATISTICS).one()
    yield gauges.COMMITS, (), row.xact_commit
    yield gauges.ROLLBACKS, (), row.xact_rollback
    yield gauges.DEADLOCKS, (), row.deadlocks
    yield gauges.BLOCKS_HIT, (), row.blks_hit
    yield gauges.BLOCKS_READ, (), row.blks_read
    yield gauges.CONNECTIONS_LIMIT, (), row.max_connections


def load_sizes() -> Iterator[Sample]:
    """Yield the size of the database, and the dead rows of its tables."""
    yield gauges.DATABASE_BYTES, (), db.session.scalar(SIZE) or 0
    for table, number in db.session.execute(DEAD):
        yield gauges.DEAD_ROWS, (table,), number
