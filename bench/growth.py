"""`python -m bench.growth [--orders 10000,1000000,10000000] [--waiting 100000] [--quick]`

Does the shop stay as fast when its tables grow, and what happens when very much is due at once?
32 buyers over HTTP, as in `bench.shop`, but for a span of time: a throughput under a disturbance
needs a clock, not a number of orders. Processor time an order is told beside the throughput: where
others use the machine, it is the steadier of the two.
"""

import argparse
import contextlib
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import psutil

from bench.cost import Database, tree
from bench.fill import Filler, tell_sandbox
from bench.shop import BUYERS, let_pass
from bench.traffic import traffic
from demo.buyer import Addresses, Buyer, Json, TookTooLongError, wait_for
from demo.world import World
from launch.stack import ROOT, Stack
from models.clock import tick

OPEN = {
    "LOGIN_LIMIT": "100000/minute",
    "LOGIN_LIMIT_PER_ADDRESS": "100000/minute",
    "DATABASE_URL": "",
    "REDIS_URL": "",
}
WARM = 3  # seconds before a measurement begins
PATIENCE = 240  # seconds for one disturbance
UNDER_WAY = "SELECT count(*) FROM activity WHERE state IN ('pending', 'waiting', 'running')"
# Held by workers that are no more.
LOSE = """
INSERT INTO activity (id, name, machine, subject_id, state, attempts, unanswered, due_at, token,
    payload, created_at)
SELECT gen_random_uuid(), 'payments.ask', 'payment', id, 'running', 1, 0, now(), gen_random_uuid(),
    '{}', now() FROM payment WHERE deadline_at > now() + interval '12 h' LIMIT 10000
"""
STILL_LOST = UNDER_WAY + " AND name = 'payments.ask'"
MAKE_DUE = "UPDATE payment SET deadline_at = now() WHERE deadline_at > now() + interval '12 h'"
STILL_DUE = "SELECT count(*) FROM payment WHERE deadline_at <= now() AND state = 'Initiated'"
ASKED = "SELECT count(*) FROM payment WHERE state = 'Expiring'"
SIZE = "SELECT pg_database_size(current_database()) / 1e6"


class Growth:
    """One running system, and what was measured of it."""

    def __init__(self, stack: Stack, span: float) -> None:
        self.stack, self.span = stack, span
        self.database = Database(stack.environment["DATABASE_URL"])
        self.filler = Filler(stack.environment["DATABASE_URL"])
        World.of(stack).restock(1_000_000)
        urls = stack.urls
        at = Addresses(urls.auth, urls.order, urls.product, urls.sandbox)
        self.buyers = [Buyer(at) for _ in range(BUYERS)]
        for buyer in self.buyers:
            buyer.log_in()
        self.products: list[Json] = self.buyers[0].products()

    def shop(self, title: str) -> None:
        """The throughput with the tables as they are."""
        with traffic(self.buyers, self.products, WARM) as flow:
            start, before = tick(), self._processor_seconds()
            let_pass(self.span)
            end, after = tick(), self._processor_seconds()
        sold = flow.rate(start, end)
        used = sum(seconds - before.get(pid, 0) for pid, seconds in after.items())
        tell(f"{title}: orders a second", sold)
        tell(f"{title}: client secret, ms p50", flow.median_wait(start, end))
        tell(f"{title}: processor time an order, ms", 1000 * used / (sold * (end - start)))
        self.rest()
        for part, median in self._sweep().items():
            tell(f"{title}: sweep with nothing due, {part}, ms", median)
        tell(f"{title}: on disk, MB", float(self.database.one(SIZE)))

    def fill(self, first: int, last: int) -> None:
        tell(f"{last} orders: filled in, s", timed(lambda: self.filler.finished(first, last)))
        self.filler.settle()

    def wait(self, number: int) -> None:
        """So many orders that wait for their payment."""
        journal = self.stack.data / "sandbox" / "journal.jsonl"
        tell_sandbox(journal, self.filler.waiting(number))
        self.filler.settle()
        self.stack.kill("sandbox")
        self.stack.wait_ready()

    def disturb(self, title: str, how: str, left: str) -> None:
        """What `how` makes due is worked off while the shop goes on."""
        with traffic(self.buyers, self.products, WARM) as flow:
            calm = tick()
            let_pass(self.span)
            start = tick()
            self.database.one(how)
            with contextlib.suppress(TookTooLongError):
                self.none(left, title, PATIENCE)
            end = tick()
            let_pass(self.span)
            after = tick()
        tell(f"{title}: seconds", end - start)
        tell(f"{title}: left after that", float(self.database.one(left)))
        for when, since, until in (
            ("before", calm, start),
            ("meanwhile", start, end),
            ("just after", end, after),
        ):
            tell(f"{title}: orders a second {when}", flow.rate(since, until))
            tell(f"{title}: client secret {when}, ms p50", flow.median_wait(since, until))
        tell(f"{title}: requests that failed", flow.errors)

    def rest(self) -> None:
        """Wait until nothing is under way."""
        self.none(UNDER_WAY, "rest", 600)

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

    def _sweep(self) -> dict[str, float]:
        done = subprocess.run(
            [sys.executable, "-m", "bench.tick"],
            cwd=ROOT, env=self.stack.environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
        found: dict[str, float] = json.loads(done.stdout)
        return found


def tell(name: str, value: float) -> None:
    print(f"  {name:<70} {value:10.1f}", flush=True)


def timed(do: Callable[[], Any]) -> float:
    start = tick()
    do()
    return tick() - start


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.growth")
    parser.add_argument("--orders", default="10000,1000000,10000000")
    parser.add_argument("--waiting", type=int, default=100_000)
    parser.add_argument("--quick", action="store_true", help="few rows, to see that it runs")
    given = parser.parse_args()
    sizes = (
        [1000, 2000] if given.quick else sorted(int(one) for one in given.orders.split(",") if one)
    )
    waiting = 500 if given.quick else given.waiting
    with Stack(environment=OPEN) as stack:
        growth = Growth(stack, span=3 if given.quick else 20)
        growth.shop("empty")
        for first, last in zip([0, *sizes], sizes, strict=False):
            growth.fill(first, last)
            growth.shop(f"{last} orders")
        growth.wait(waiting)
        growth.shop(f"and {waiting} waiting")
        growth.disturb(f"{min(10_000, waiting)} lost activities", LOSE, STILL_LOST)
        growth.rest()
        growth.disturb(f"{waiting} deadlines at once", MAKE_DUE, STILL_DUE)
        tell("payments that Stripe is still asked about", growth.database.one(ASKED))
    return 0


if __name__ == "__main__":
    sys.exit(main())
