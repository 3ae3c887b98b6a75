"""Buyers who order one thing after the other and pay at once: from the first POST /order to the
last receipt. The shops run at once, and take turns: A B, A B, A B. The median of the rounds counts.
"""

import statistics
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from bench.cost import Database
from bench.race.contenders import worked
from bench.shop import let_pass
from bench.shops.stacks import OPEN, OnDbos, buyers
from demo.buyer import Buyer, Json, wait_for
from demo.world import World
from launch.stack import Stack
from models.clock import tick

BUYERS, EACH, ROUNDS = (1, 8, 32), 12, 3
IDLE = 12.0  # seconds; after ten, a backend has reported its commits
Row = dict[str, Any]


@dataclass
class Shop:
    """One that runs, and what it has done so far."""

    name: str
    stack: Stack
    database: Database
    people: list[Buyer]
    products: list[Json]
    idle: float = 0.0
    rounds: list[Row] = field(default_factory=list)

    @classmethod
    def open(cls, name: str, stack: Stack) -> "Shop":
        World.of(stack).restock(1_000_000)
        people = buyers(stack, max(BUYERS))
        found = [one for one in Buyer(stack.urls).products() if one["currency"] == "usd"]
        return cls(name, stack, Database(stack.environment["DATABASE_URL"]), people, found)

    def worked(self) -> float:
        """Seconds of processor time of all but the outside world."""
        return worked({name: pid for name, pid in self.stack.pids().items() if name != "sandbox"})


def race(counts: Sequence[int] = BUYERS, rounds: int = ROUNDS) -> list[Row]:
    """A row for each shop and number of buyers."""
    with ExitStack() as closing:
        ours, other = Stack(environment=OPEN), OnDbos(environment=OPEN)
        shops = [
            Shop.open("ours", closing.enter_context(ours)),
            Shop.open("on DBOS", closing.enter_context(other)),
        ]
        for shop in shops:
            _rush(shop, 8)
        _watch_idle(shops)
        found: list[Row] = []
        for count in counts:
            for shop in shops:
                shop.rounds = []
            for _ in range(rounds):
                for shop in shops:
                    shop.rounds.append(_measured(shop, count))
            found += [_median(shop, count) for shop in shops]
    return found


def _watch_idle(shops: Sequence[Shop]) -> None:
    """What each commits a second while nobody buys."""
    let_pass(IDLE)
    before, start = [shop.database.commits() for shop in shops], tick()
    let_pass(IDLE)
    for shop, count in zip(shops, before, strict=True):
        shop.idle = (shop.database.commits() - count) / (tick() - start)


def _measured(shop: Shop, count: int) -> Row:
    commits, cpu, start = shop.database.commits(), shop.worked(), tick()
    seconds, waits = _rush(shop, count)
    cpu = shop.worked() - cpu
    let_pass(IDLE)
    commits = shop.database.commits() - commits - int(shop.idle * (tick() - start))
    orders = count * EACH
    print(f"{count} buyers, {shop.name}: {orders / seconds:.1f}/s", file=sys.stderr, flush=True)
    return {
        "per_second": orders / seconds,
        "p50": statistics.median(waits) * 1000,
        "p99": statistics.quantiles(waits, n=100)[98] * 1000,
        "commits": commits / orders,
        "cpu": cpu * 1000 / orders,
    }


def _rush(shop: Shop, count: int) -> tuple[float, list[float]]:
    """Seconds in all, and the seconds to each client secret."""
    people = shop.people[:count]
    seen, start = [_receipts(buyer) for buyer in people], tick()
    with ThreadPoolExecutor(count) as pool:
        waits = [wait for some in pool.map(_buy, people, cycle(shop.products)) for wait in some]
    for buyer, before in zip(people, seen, strict=True):

        def told(buyer: Buyer = buyer, before: int = before) -> bool | None:
            return _receipts(buyer) >= before + EACH or None

        wait_for(told, f"the receipts of {shop.name}", seconds=60)
    return tick() - start, waits


def _receipts(buyer: Buyer) -> int:
    return len(buyer.emails("order_confirmed"))


def _buy(buyer: Buyer, product: Json) -> list[float]:
    waits = []
    for _ in range(EACH):
        start = tick()
        order = buyer.order(product)
        waits.append(tick() - start)
        buyer.pay(order["clientSecret"])
    return waits


def _median(shop: Shop, count: int) -> Row:
    figures = {
        key: round(statistics.median(row[key] for row in shop.rounds), 1) for key in shop.rounds[0]
    }
    speeds = [round(row["per_second"], 1) for row in shop.rounds]
    return {"buyers": count, "shop": shop.name, **figures, "rounds": speeds}
