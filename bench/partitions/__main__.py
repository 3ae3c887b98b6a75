"""`python -m bench.partitions [ORDERS [ACTIVITIES [ROUNDS]]]`: tables in partitions, and today's.

An order has five rows of history. All layouts are on one separate PostgreSQL, and are measured in
one run, with the settings of `make run`. Only while it is filled it does not wait for the disk.
"""

import argparse
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
    orders, activities, rounds = read_arguments(sys.argv[1:])
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


def read_arguments(words: list[str]) -> tuple[int, int, int]:
    """Return the numbers of orders, activities and rounds. Ends the program for others."""
    parser = argparse.ArgumentParser(prog="python -m bench.partitions", description=__doc__)
    for name, usual in (("orders", ORDERS), ("activities", ACTIVITIES), ("rounds", ROUNDS)):
        parser.add_argument(name, nargs="?", type=int, default=usual)
    arguments = parser.parse_args(words)
    # Each round is about another old order.
    least = arguments.rounds + PLANNING_ROUNDS
    if arguments.rounds < 1 or arguments.orders < least or arguments.activities < least:
        parser.error(f"there must be a round, and at least {least} orders and activities")
    return arguments.orders, arguments.activities, arguments.rounds


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
