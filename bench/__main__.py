"""`make bench`: the race, what PostgreSQL itself could do, and a running shop of its own, measured.

`--quick` races in few cells; the name of a file gets all of it as JSON.
"""

import json
import os
import platform
import sys
from pathlib import Path

from bench import api, shop
from bench.cost import Database
from bench.race.rounds import CELLS, QUICK, race
from bench.race.table import lines, verdict
from demo.buyer import Addresses, Buyer
from demo.world import World
from launch.stack import Stack
from models.clock import tick

REPORTED = 2  # seconds after which every backend has reported its commits
OPEN = {
    "LOGIN_LIMIT": "100000/minute",
    "LOGIN_LIMIT_PER_ADDRESS": "100000/minute",
    "DATABASE_URL": "",
    "REDIS_URL": "",
}


def measure() -> shop.Figures:
    start = tick()
    with Stack(environment=OPEN) as stack:
        figures = {"start of the whole system, s": tick() - start}
        World.of(stack).restock(1_000_000)
        database = Database(stack.environment["DATABASE_URL"])
        at = Addresses(stack.urls.auth, stack.urls.order, stack.urls.product, stack.urls.sandbox)
        products = Buyer(at).products()
        figures |= shop.idle(stack, database)
        background = figures["idle: commits a second"]
        secret = stack.environment["STRIPE_WEBHOOK_SECRETS"]

        buyers = [Buyer(at) for _ in range(shop.BUYERS)]
        for buyer in buyers:
            buyer.log_in()
        shop.let_pass(REPORTED)

        before, start = database.commits(), tick()
        figures |= shop.at_rest(buyers[0], products[0], secret)
        figures["at rest: commits an order"] = _commits(
            database, before, start, background, shop.AT_REST
        )

        # One product is the worst case: its row is what all of them wait for.
        for title, some in (("32 buyers", products), ("32 buyers of one product", products[:1])):
            before, start = database.commits(), tick()
            figures |= shop.rush(title, buyers, some)
            orders = shop.BUYERS * shop.EACH
            figures[f"{title}: commits an order"] = _commits(
                database, before, start, background, orders
            )
        figures |= api.measure(at, secret)
    return figures


def _commits(
    database: Database, before: int, start: float, background: float, orders: int
) -> float:
    shop.let_pass(REPORTED)
    return (database.commits() - before - background * (tick() - start)) / orders


def main() -> int:
    quick = "--quick" in sys.argv
    rows = race(QUICK, rounds=1) if quick else race(CELLS)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("\n".join(lines(rows)) + "\n", flush=True)
    figures = verdict(rows) | measure()
    for name, value in figures.items():
        print(f"  {name:<56} {value:10.1f}")
    for name in sys.argv[1:]:
        if not name.startswith("-"):
            written = {"race": rows, "figures": figures}
            Path(name).write_text(json.dumps(written, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
