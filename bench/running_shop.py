"""A running shop of its own, and what can be measured of it: 32 buyers over HTTP for a span of
time, a sweep, and what happens to the buyers while very much falls due.
"""

import contextlib
import json
import sys
from dataclasses import dataclass

import psutil

from bench.cost import Database, tree
from bench.shop import BUYERS, Figures, let_pass
from bench.traffic import traffic
from demo.buyer import Buyer, Json, TookTooLongError, wait_for
from demo.world import World
from launch.children import run
from launch.stack import ROOT, Stack
from models.clock import tick

WARM = 3  # seconds before a measurement begins
PATIENCE = 240  # seconds for one disturbance
UNDER_WAY = (
    "SELECT count(*) FROM activity WHERE state IN ('queued', 'pending', 'waiting', 'running')"
)


@dataclass(frozen=True, slots=True)
class Sold:
    """Orders a second, the median wait for a client secret and the processor time of one order;
    milliseconds.
    """

    rate: float
    wait: float
    cpu: float


class RunningShop:
    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.database = Database(stack.environment["DATABASE_URL"])
        World.of(stack).restock(1_000_000)
        self.buyers = [Buyer(stack.urls) for _ in range(BUYERS)]
        self.products: list[Json] = self.buyers[0].products()
        self.sign_in()

    def sign_in(self) -> None:
        """Access tokens live for minutes, and filling a shop takes longer."""
        for buyer in self.buyers:
            buyer.log_in()

    def sell(self, span: float) -> Sold:
        """What is sold in `span` seconds; then it is at rest again."""
        with traffic(self.buyers, self.products, WARM) as flow:
            start, before = tick(), self._processor_seconds()
            let_pass(span)
            end, after = tick(), self._processor_seconds()
        rate = flow.rate(start, end)
        used = sum(seconds - before.get(pid, 0) for pid, seconds in after.items())
        self.none(UNDER_WAY, "rest", 600)
        return Sold(rate, flow.median_wait(start, end), 1000 * used / (rate * (end - start)))

    def disturb(self, title: str, how: str, left: str, span: float) -> Figures:
        """What `how` makes due is worked off while the shop goes on, until `left` counts none."""
        with traffic(self.buyers, self.products, WARM) as flow:
            calm = tick()
            let_pass(span)
            start = tick()
            self.database.one(how)
            with contextlib.suppress(TookTooLongError):
                self.none(left, title, PATIENCE)
            end = tick()
            let_pass(span)
            after = tick()
        before, meanwhile = flow.rate(calm, start), flow.rate(start, end)
        return {
            f"{title}: seconds": end - start,
            f"{title}: left after that": float(self.database.one(left)),
            f"{title}: orders a second before": before,
            f"{title}: orders a second meanwhile": meanwhile,
            f"{title}: orders meanwhile, % of before": 100 * meanwhile / before,
            f"{title}: client secret meanwhile, ms p50": flow.median_wait(start, end),
            f"{title}: orders a second just after": flow.rate(end, after),
            f"{title}: requests that failed": flow.errors,
        }

    def sweep(self, title: str) -> Figures:
        """A sweep with nothing due, part by part."""
        done = run(
            [sys.executable, "-m", "bench.tick"],
            cwd=ROOT, env=self.stack.environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
        parts = json.loads(done.stdout)
        return {f"{title}: sweep with nothing due, ms": sum(parts.values())}

    def none(self, left: str, what: str, seconds: float) -> None:
        """Wait until `left` counts none. Raises TookTooLongError."""
        wait_for(lambda: self.database.one(left) == 0 or None, what, seconds=seconds)

    def _processor_seconds(self) -> dict[int, float]:
        found = {}
        for pid, process in tree(self.stack.pids()).items():
            # PostgreSQL's own workers come and go.
            with contextlib.suppress(psutil.NoSuchProcess):
                found[pid] = sum(process.cpu_times()[:2])
        return found
