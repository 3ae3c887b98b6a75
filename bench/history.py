"""`python -m bench.history [ROWS]`: compare an empty history with one of ROWS rows (10 million).

Both are measured in one run, with the same reads and writes, on a separate PostgreSQL.
"""

import os
import statistics
import sys
from collections.abc import Callable
from contextlib import ExitStack
from time import perf_counter
from typing import Any

# Modules that import the settings are imported later, when DATABASE_URL is known.
from sqlalchemy import text

from launch.postgres import Postgres
from launch.unprivileged_user import temporary_folder

ROWS = 10_000_000
TRANSITIONS_PER_ORDER = 5
REPETITIONS = 500
# Ids sort by time, as those of the machines do.
FILL = """
INSERT INTO transition (subject_id, version, machine, signal, source, target, ignored, reason,
                        cause, actor, at)
SELECT (lpad(to_hex(1700000000000 + subject), 12, '0') || '7' || substr(md5(subject::text), 1, 3)
        || '8' || substr(md5(subject::text), 4, 15))::uuid,
       version, 'order', 'paid', 'Pending', 'Confirmed', false, NULL,
       'signal:stripe:evt_' || subject, NULL, timestamptz '2025-01-01' + subject * interval '1 s'
FROM generate_series(%(first)s, %(last)s) AS subject, generate_series(1, %(steps)s) AS version
"""


def main() -> int:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with ExitStack() as stack:
        folder = stack.enter_context(temporary_folder())
        os.environ["DATABASE_URL"] = stack.enter_context(Postgres(folder / "postgres")).url
        from tests.support.database import application, migrate

        app = application()
        migrate(app)
        with app.app_context():
            empty = _measure()
            seconds = _time(lambda: _fill(rows // TRANSITIONS_PER_ORDER))
            full = _measure()
    print(f"{rows} rows, filled in {seconds:.0f} s; ms each, p50 of {REPETITIONS}")
    for name, before in empty.items():
        print(f"  {name:<44}{before:8.3f} empty{full[name]:8.3f} full  x {full[name] / before:.2f}")
    return 0


def _fill(subjects: int) -> None:
    from models.base import transaction

    for first in range(0, subjects, 100_000):
        last = min(first + 100_000, subjects) - 1
        with transaction() as session:
            connection: Any = session.connection().connection
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 0")
                cursor.execute(FILL, {"first": first, "last": last, "steps": TRANSITIONS_PER_ORDER})
    with transaction() as session:
        # Autovacuum would do it within a minute of so many new rows.
        session.execute(text("ANALYZE transition"))


def _measure() -> dict[str, float]:
    """Time placing an order, reading its timeline, and `machines verify`, in milliseconds."""
    from models import Order, transaction
    from state_machines import OrderMachine
    from state_machines.durable.inspection import verify
    from tests.support.factories import a_placed_order
    from web.commands.timeline import load_timeline

    ids = []

    def place() -> None:
        with transaction():
            ids.append(a_placed_order().order_id)

    def read() -> None:
        with transaction():
            assert load_timeline(ids[-1])["history"]  # noqa: S101

    place_time, read_time = _median_time(place), _median_time(read)
    with transaction() as session:
        orders = session.query(Order).count()
    verify_time = _time(lambda: list(verify(OrderMachine))) * 1000 / orders
    return {
        "place an order (two histories begin)": place_time,
        "read an order's timeline": read_time,
        "replay the history of one order": verify_time,
    }


def _median_time(action: Callable[[], object]) -> float:
    """Return the median duration in milliseconds."""
    return statistics.median(_time(action) * 1000 for _ in range(REPETITIONS))


def _time(action: Callable[[], object]) -> float:
    """Return the duration in seconds."""
    start = perf_counter()
    action()
    return perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
