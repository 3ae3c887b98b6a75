"""`make bench`: run all measurements: the race, the two shops, a shop, its growth, its console.

`--quick` takes small numbers. The names of files get all results as JSON.
"""

import json
import os
import platform
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench import api, bars, bulk, console, growth, overload, recovery, shop
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

REPORT_DELAY = 2  # seconds within which a backend of PostgreSQL reports its commits


def measure() -> shop.Figures:
    """Measure a running shop: idle, single orders, 32 buyers, the API alone, and recovery."""
    start = tick()
    with Stack(environment=growth.UNLIMITED) as stack:
        figures = {"start of the whole system, s": tick() - start}
        World.of(stack).restock(1_000_000)
        database = Database(stack.environment["DATABASE_URL"])
        products = Buyer(stack.urls).products()
        figures |= shop.measure_idle(stack, database)
        idle_rate = figures["idle: commits a second"]
        secret = stack.environment["STRIPE_WEBHOOK_SECRETS"]

        buyers = [Buyer(stack.urls) for _ in range(shop.BUYERS)]
        for buyer in buyers:
            buyer.log_in()
        shop.let_pass(REPORT_DELAY)

        commits, start = database.commits(), tick()
        figures |= shop.measure_single_orders(buyers[0], products[0], secret)
        figures["at rest: commits an order"] = _commits_per_order(
            database, commits, start, idle_rate, shop.SINGLE_ORDERS
        )

        # A single product is the worst case: all orders wait for its row.
        for title, choice in (("32 buyers", products), ("32 buyers of one product", products[:1])):
            commits, start = database.commits(), tick()
            figures |= shop.measure_crowd(title, buyers, choice)
            orders = shop.BUYERS * shop.ORDERS_PER_BUYER
            figures[f"{title}: commits an order"] = _commits_per_order(
                database, commits, start, idle_rate, orders
            )
        figures |= api.measure(stack.urls, secret)
        figures |= recovery.measure(stack)
    return figures


def _commits_per_order(
    database: Database, commits_before: int, start: float, idle_rate: float, orders: int
) -> float:
    """Return the commits an order, without those that the idle system makes in the same time."""
    shop.let_pass(REPORT_DELAY)
    return (database.commits() - commits_before - idle_rate * (tick() - start)) / orders


class Results:
    """The results so far, printed and written to the files as they come: a run takes long."""

    def __init__(self, files: list[str]) -> None:
        self._files = [Path(name) for name in files]
        machine = (
            f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
        )
        self._tables: dict[str, Any] = {"machine": machine}
        self.figures: shop.Figures = {}
        print(machine, flush=True)

    def add_table(
        self, name: str, rows: list[Any], lines: Iterable[str], verdict: shop.Figures
    ) -> None:
        """Add a table, and the figures that follow from it."""
        self._tables[name] = rows
        self._print(lines)
        self.add_figures(verdict)

    def add_figures(self, figures: shop.Figures) -> None:
        self.figures |= figures
        self._print(f"| {name} | {value:.1f} |" for name, value in figures.items())
        for file in self._files:
            file.write_text(json.dumps(self._tables | {"figures": self.figures}, indent=2) + "\n")

    def print_bars(self) -> None:
        self._print(bars.lines(self.figures))

    def _print(self, lines: Iterable[str]) -> None:
        print("\n" + "\n".join(lines), flush=True)


def main() -> int:
    end_in_order()
    quick = "--quick" in sys.argv
    results = Results([name for name in sys.argv[1:] if not name.startswith("-")])
    flows, needs = race.race(race.QUICK, rounds=1) if quick else race.race(race.CELLS)
    results.add_table("race", flows, table.lines(flows), table.verdict(flows))
    results.add_table("needs", needs, table.needs_lines(needs), {})
    orders = shops.race((8,), rounds=1) if quick else shops.race()
    results.add_table("shops", orders, shops_table.lines(orders), shops_table.verdict(orders))
    results.add_figures(measure())
    results.add_figures(growth.measure(*growth.QUICK) if quick else growth.measure())
    results.add_figures(console.measure(*console.QUICK) if quick else console.measure())
    with Stack(environment=growth.UNLIMITED) as stack:
        results.add_figures(bulk.measure(stack, *bulk.QUICK) if quick else bulk.measure(stack))
    results.add_figures(overload.measure(overload.QUICK) if quick else overload.measure())
    results.print_bars()
    return 0


if __name__ == "__main__":
    sys.exit(main())
