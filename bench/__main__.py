"""`make bench`: all that is measured, in one run: the race, the shops, a running shop of its own,
its growth, and the bars. `--quick` takes small numbers; the name of a file gets all of it as JSON.
"""

import json
import os
import platform
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench import api, bars, growth, recovery, shop
from bench.cost import Database
from bench.race import rounds as race
from bench.race import table
from bench.shops import rounds as shops
from bench.shops import table as shops_table
from demo.buyer import Buyer
from demo.world import World
from launch.children import end_in_order
from launch.stack import Stack
from models.clock import tick

REPORTED = 2  # seconds after which every backend has reported its commits


def measure() -> shop.Figures:
    """A running shop: idle, one order after the other, 32 buyers, and the API alone."""
    start = tick()
    with Stack(environment=growth.OPEN) as stack:
        figures = {"start of the whole system, s": tick() - start}
        World.of(stack).restock(1_000_000)
        database = Database(stack.environment["DATABASE_URL"])
        products = Buyer(stack.urls).products()
        figures |= shop.idle(stack, database)
        background = figures["idle: commits a second"]
        secret = stack.environment["STRIPE_WEBHOOK_SECRETS"]

        buyers = [Buyer(stack.urls) for _ in range(shop.BUYERS)]
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
        figures |= api.measure(stack.urls, secret)
        figures |= recovery.measure(stack)
    return figures


def _commits(
    database: Database, before: int, start: float, background: float, orders: int
) -> float:
    shop.let_pass(REPORTED)
    return (database.commits() - before - background * (tick() - start)) / orders


class Findings:
    """What has been measured so far, told and written down as it comes: a run takes long."""

    def __init__(self, files: list[str]) -> None:
        self._files = [Path(name) for name in files]
        machine = (
            f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
        )
        self._found: dict[str, Any] = {"machine": machine}
        self.figures: shop.Figures = {}
        print(machine, flush=True)

    def add(self, name: str, rows: list[Any], lines: Iterable[str], verdict: shop.Figures) -> None:
        """A table."""
        self._found[name] = rows
        self._tell(lines)
        self.take(verdict)

    def take(self, figures: shop.Figures) -> None:
        """Figures of their own."""
        self.figures |= figures
        self._tell(f"| {name} | {value:.1f} |" for name, value in figures.items())
        for file in self._files:
            file.write_text(json.dumps(self._found | {"figures": self.figures}, indent=2) + "\n")

    def end(self) -> None:
        self._tell(bars.lines(self.figures))

    def _tell(self, lines: Iterable[str]) -> None:
        print("\n" + "\n".join(lines), flush=True)


def main() -> int:
    end_in_order()
    quick = "--quick" in sys.argv
    found = Findings([name for name in sys.argv[1:] if not name.startswith("-")])
    flows = race.race(race.QUICK, rounds=1) if quick else race.race(race.CELLS)
    found.add("race", flows, table.lines(flows), table.verdict(flows))
    orders = shops.race((8,), rounds=1) if quick else shops.race()
    found.add("shops", orders, shops_table.lines(orders), shops_table.verdict(orders))
    found.take(measure())
    found.take(growth.measure(*growth.QUICK) if quick else growth.measure())
    found.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
