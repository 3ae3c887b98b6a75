"""`make bench`: measures a running system of its own and prints the figures."""

import json
import platform
import sys
from pathlib import Path

from bench import shop
from bench.cost import Database
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
    return figures


def _commits(
    database: Database, before: int, start: float, background: float, orders: int
) -> float:
    shop.let_pass(REPORTED)
    return (database.commits() - before - background * (tick() - start)) / orders


def main() -> int:
    figures = measure()
    print(f"{platform.machine()}, Python {platform.python_version()}")
    for name, value in figures.items():
        print(f"  {name:<50} {value:10.1f}")
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(json.dumps(figures, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
