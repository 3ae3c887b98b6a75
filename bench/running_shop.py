"""A running shop with 32 buyers, and the measurements of it: sales, a sweep, and disturbances."""

import contextlib
import json
import sys
from dataclasses import dataclass

from bench.cost import Database, read_times, used_since
from bench.shop import BUYERS, Figures, let_pass
from bench.traffic import traffic
from demo.buyer import Buyer, Json, TookTooLongError, wait_for
from demo.world import World
from launch.children import run
from launch.stack import ROOT, Stack
from models.clock import tick

WARM_UP = 3  # seconds before a measurement begins
MAX_DISTURBANCE = 240  # seconds
MAX_SETTLING = 600  # seconds until no activity is under way
UNDER_WAY = (
    "SELECT count(*) FROM activity WHERE state IN ('queued', 'pending', 'waiting', 'running')"
)


@dataclass(frozen=True, slots=True)
class Sold:
    """Orders a second, the median wait for a client secret, and the processor time of an order.

    Both times are milliseconds.
    """

    rate: float
    wait: float
    cpu: float


class RunningShop:
    """A shop with its buyers, and the database behind it."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.database = Database(stack.environment["DATABASE_URL"])
        World.of(stack).restock(1_000_000)
        self.buyers = [Buyer(stack.urls) for _ in range(BUYERS)]
        self.products: list[Json] = self.buyers[0].products()
        self.sign_in()

    def sign_in(self) -> None:
        """Sign all buyers in again: access tokens expire while the tables are filled."""
        for buyer in self.buyers:
            buyer.log_in()

    def sell(self, span: float) -> Sold:
        """Measure the sales of `span` seconds, then wait until no activity is under way."""
        with traffic(self.buyers, self.products, WARM_UP) as sales:
            start, before = tick(), read_times(self.stack.pids())
            let_pass(span)
            end, after = tick(), read_times(self.stack.pids())
        rate = sales.rate(start, end)
        used = sum(used_since(before, after).values())
        self.wait_for_none(UNDER_WAY, "rest", MAX_SETTLING)
        return Sold(rate, sales.median_wait(start, end), 1000 * used / (rate * (end - start)))

    def disturb(self, title: str, statement: str, count_remaining: str, span: float) -> Figures:
        """Execute a statement that makes much due, and measure the sales until it is worked off.

        It is worked off when the query `count_remaining` returns 0.
        """
        with traffic(self.buyers, self.products, WARM_UP) as sales:
            calm = tick()
            let_pass(span)
            start = tick()
            self.database.execute(statement)
            with contextlib.suppress(TookTooLongError):
                self.wait_for_none(count_remaining, title, MAX_DISTURBANCE)
            end = tick()
            let_pass(span)
            after = tick()
        before, meanwhile = sales.rate(calm, start), sales.rate(start, end)
        return {
            f"{title}: seconds": end - start,
            f"{title}: left after that": float(self.database.execute(count_remaining)),
            f"{title}: orders a second before": before,
            f"{title}: orders a second meanwhile": meanwhile,
            f"{title}: orders meanwhile, % of before": 100 * meanwhile / before
            if before
            else float("nan"),
            f"{title}: client secret meanwhile, ms p50": sales.median_wait(start, end),
            f"{title}: orders a second just after": sales.rate(end, after),
            f"{title}: requests that failed": sales.errors,
        }

    def measure_sweep(self, title: str) -> Figures:
        """Measure a sweep that finds nothing due."""
        done = run(
            [sys.executable, "-m", "bench.tick"],
            cwd=ROOT, env=self.stack.environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
        parts = json.loads(done.stdout)
        return {f"{title}: sweep with nothing due, ms": sum(parts.values())}

    def wait_for_none(self, count_query: str, description: str, seconds: float) -> None:
        """Wait until the query returns 0. Raises TookTooLongError."""
        wait_for(
            lambda: self.database.execute(count_query) == 0 or None, description, seconds=seconds
        )
