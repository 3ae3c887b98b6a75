"""The rounds of the race of the shops. Both run at once, and take turns: A B, A B, A B.

Each buyer places one order after the other and pays it at once. A round lasts from the first order
to the last receipt. The median of the rounds counts.
"""

import statistics
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle, repeat
from typing import Any

from bench.cost import Database
from bench.race.contender import total_processor_seconds
from bench.shop import count_receipts, let_pass, place_orders, wait_for_receipts
from bench.shops.stacks import ISOLATED, OnDbos, create_buyers
from demo.buyer import Buyer, Json
from demo.world import World
from launch.stack import Stack
from models.clock import tick

BUYERS, ORDERS_PER_BUYER, ROUNDS = (1, 8, 32), 12, 3
REPORT_DELAY = 12.0  # seconds; a backend of PostgreSQL reports its commits after ten
RECEIPTS_TIMEOUT = 60  # seconds
Row = dict[str, Any]


@dataclass
class Shop:
    """A running shop, and the results of its rounds with the current number of buyers."""

    name: str
    stack: Stack
    database: Database
    buyers: list[Buyer]
    products: list[Json]
    idle_rate: float = 0.0  # commits a second without buyers
    rounds: list[Row] = field(default_factory=list)

    @classmethod
    def open(cls, name: str, stack: Stack) -> "Shop":
        World.of(stack).restock(1_000_000)
        buyers = create_buyers(stack, max(BUYERS))
        products = [p for p in Buyer(stack.urls).products() if p["currency"] == "usd"]
        return cls(name, stack, Database(stack.environment["DATABASE_URL"]), buyers, products)

    def processor_seconds(self) -> float:
        """Return the processor time of all processes but the sandbox."""
        pids = {name: pid for name, pid in self.stack.pids().items() if name != "sandbox"}
        return total_processor_seconds(pids)


def race(counts: Sequence[int] = BUYERS, rounds: int = ROUNDS) -> list[Row]:
    """Run the race, and return a row for each shop and number of buyers."""
    with ExitStack() as closing:
        ours, other = Stack(environment=ISOLATED), OnDbos(environment=ISOLATED)
        shops = [
            Shop.open("ours", closing.enter_context(ours)),
            Shop.open("on DBOS", closing.enter_context(other)),
        ]
        for shop in shops:
            _buy_at_once(shop, 8)
        _measure_idle(shops)
        rows: list[Row] = []
        for count in counts:
            for shop in shops:
                shop.rounds = []
            for _ in range(rounds):
                for shop in shops:
                    shop.rounds.append(_measure_round(shop, count))
            rows += [_median(shop, count) for shop in shops]
    return rows


def _measure_idle(shops: Sequence[Shop]) -> None:
    let_pass(REPORT_DELAY)
    counts, start = [shop.database.commits() for shop in shops], tick()
    let_pass(REPORT_DELAY)
    for shop, count in zip(shops, counts, strict=True):
        shop.idle_rate = (shop.database.commits() - count) / (tick() - start)


def _measure_round(shop: Shop, count: int) -> Row:
    commits, cpu, start = shop.database.commits(), shop.processor_seconds(), tick()
    seconds, waits = _buy_at_once(shop, count)
    cpu = shop.processor_seconds() - cpu
    let_pass(REPORT_DELAY)
    commits = shop.database.commits() - commits - int(shop.idle_rate * (tick() - start))
    orders = count * ORDERS_PER_BUYER
    print(f"{count} buyers, {shop.name}: {orders / seconds:.1f}/s", file=sys.stderr, flush=True)
    return {
        "per_second": orders / seconds,
        "p50": statistics.median(waits) * 1000,
        "p99": statistics.quantiles(waits, n=100)[98] * 1000,
        "commits": commits / orders,
        "cpu": cpu * 1000 / orders,
    }


def _buy_at_once(shop: Shop, count: int) -> tuple[float, list[float]]:
    """Return the seconds until the last receipt, and those until each client secret."""
    buyers = shop.buyers[:count]
    receipts, start = [count_receipts(buyer) for buyer in buyers], tick()
    with ThreadPoolExecutor(count) as pool:
        results = pool.map(place_orders, buyers, cycle(shop.products), repeat(ORDERS_PER_BUYER))
        waits = [wait for waits_of_buyer in results for wait in waits_of_buyer]
    for buyer, number in zip(buyers, receipts, strict=True):
        wait_for_receipts(buyer, number + ORDERS_PER_BUYER, seconds=RECEIPTS_TIMEOUT)
    return tick() - start, waits


def _median(shop: Shop, count: int) -> Row:
    figures = {
        key: round(statistics.median(row[key] for row in shop.rounds), 1) for key in shop.rounds[0]
    }
    speeds = [round(row["per_second"], 1) for row in shop.rounds]
    return {"buyers": count, "shop": shop.name, **figures, "rounds": speeds}
