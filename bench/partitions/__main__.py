"""`python -m bench.partitions [ORDERS [ACTIVITIES [ROUNDS]]]`: tables in partitions, and today's.

An order has five rows of history. All layouts are on one separate PostgreSQL, and are measured in
one run, with the settings of `make run`. Only while it is filled it does not wait for the disk.
"""

import os
import sys
from contextlib import ExitStack
from datetime import datetime

# Modules that import the settings are imported later, when DATABASE_URL is known.
import psycopg2

from launch.postgres import Postgres
from launch.unprivileged_user import temporary_folder

ORDERS, ACTIVITIES, ROUNDS = 10_000_000, 10_000_000, 300
PLANNING_ROUNDS = 50
HISTORY_PER_ORDER = 5


def main() -> int:
    numbers = [int(number) for number in sys.argv[1:]]
    orders, activities, rounds = [*numbers, *(ORDERS, ACTIVITIES, ROUNDS)[len(numbers) :]]
    with ExitStack() as stack:
        folder = stack.enter_context(temporary_folder()) / "postgres"
        filling = Postgres(folder, durable=False)
        os.environ["DATABASE_URL"] = filling.url
        from bench.partitions.layouts import fill
        from models.base import db
        from models.clock import tick
        from tests.support.database import application, migrate

        began = tick()
        with filling:
            app = application()
            migrate(app)
            start = fill(filling.url, orders, activities)
            with app.app_context():
                db.engine.dispose()
            filling.stop()
        os.sync()
        history = orders * HISTORY_PER_ORDER
        print(f"{history} rows of history, {activities} activities: {tick() - began:.0f} s to fill")
        stack.enter_context(Postgres(folder, filling.port))
        with app.app_context():
            _measure(filling.url, orders, rounds, start)
    return 0


def _measure(url: str, orders: int, rounds: int, start: datetime) -> None:
    from bench.partitions import report
    from bench.partitions.hot import Rounds
    from bench.partitions.layouts import sample
    from bench.partitions.retention import forget

    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        report.print_sizes(cursor)
    old = sample(url, start, orders, rounds + PLANNING_ROUNDS)
    measured = Rounds(url)
    measured.run(old[:PLANNING_ROUNDS], is_planning=True)
    measured.run(old[PLANNING_ROUNDS:], is_planning=False)
    measured.close()
    report.print_statements(measured)
    report.print_costs(forget(url, start))


if __name__ == "__main__":
    sys.exit(main())
