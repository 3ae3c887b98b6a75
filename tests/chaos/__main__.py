"""`make chaos`: orders come at a constant rate while every part of the system is killed, frozen or
emptied at random; then peace, and a report. Exit status 0 only if nothing was lost or doubled.
"""

import os
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from typing import Any

import psycopg2
import requests

from demo.buyer import TookTooLongError, wait_for
from demo.world import World
from launch.stack import Stack
from models.clock import tick
from tests import invariants
from tests.chaos.report import Report
from tests.chaos.trouble import Trouble
from tests.chaos.watch import Watch
from tests.e2e import storm
from tests.e2e.test_storm import FAULTS, PAYMENT_TIMEOUT, SETTINGS
from tests.failpoints.patient import PatientBuyer

RATE = 2.0  # orders a second
AT_ONCE = 48  # customers
REST = 180  # seconds
OWN = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "STRIPE_SECRET_KEY", "SENDGRID_API_KEY"), "")


def main() -> int:
    seconds = float(os.environ.get("SECONDS") or 300)
    seed = int(os.environ.get("SEED") or random.randrange(1_000_000))
    orders = int(seconds * RATE)
    print(f"chaos: {orders} orders in {seconds:.0f} s, SEED={seed}", flush=True)
    with Stack(environment=OWN | SETTINGS) as stack:
        return Chaos(stack, seed).run(orders)


class Chaos:
    def __init__(self, stack: Stack, seed: int) -> None:
        self._stack, self._seed = stack, seed
        self._world = World.of(stack)
        self._url = stack.environment["DATABASE_URL"]
        self._watch = Watch(self._url)
        self._trouble = Trouble(stack, random.Random(seed))

    def run(self, orders: int) -> int:
        """The exit status."""
        self._world.restock(1_000_000)
        shelves = {
            row["id"]: row["stock"] for row in self._read("SELECT id::text, stock FROM product")
        }
        self._world.faults(seed=self._seed, **FAULTS)
        start = tick()
        with self._watch.looking():
            with self._trouble.striking(), ThreadPoolExecutor(AT_ONCE) as pool:
                visits = [pool.submit(self._visit, start, number) for number in range(orders)]
                placed, failed = outcomes(visits)
            self._world.faults()
            self._stack.wait_ready()
            self._come_to_rest()
        well = self._report(placed, failed, shelves)
        print(f"chaos: {'nothing lost' if well else 'BROKEN'} in {tick() - start:.0f} s")
        return int(not well)

    def _visit(self, start: float, number: int) -> str | None:
        """One customer, who comes at their time; the id of the order."""
        storm.wait_until(start + number / RATE)
        dice = random.Random(f"{self._seed}:{number}")
        buyer = PatientBuyer(self._world.at)
        buyer.log_in()
        products = sorted(buyer.products(), key=lambda product: str(product["sku"]))
        wanted = dice.sample(products, dice.randint(1, 3))
        return storm.shop(buyer, wanted, dice, PAYMENT_TIMEOUT)

    def _come_to_rest(self) -> None:
        """Rest, a reconciliation, and rest again."""
        newest = "SELECT 1 FROM reconciliation WHERE state = 'Done' AND created_at > %s"
        for _ in range(2):
            (moment,) = self._read("SELECT clock_timestamp() AS now")
            wait_for(lambda: not self._read(invariants.UNDER_WAY) or None, "rest", seconds=REST)
            wait_for(partial(self._some, newest, moment["now"]), "a reconciliation", seconds=60)

    def _report(self, placed: list[str], failed: list[str], shelves: dict[str, int]) -> bool:
        """Whether all is well."""
        sandbox = self._world.at.sandbox
        ledger = requests.get(f"{sandbox}/ledger.json", timeout=60).json()
        mails = requests.get(f"{sandbox}/mail.json", timeout=60).json()
        with closing(psycopg2.connect(self._url)) as db:
            report = Report(db, ledger, mails)
            well = report.check(placed, shelves) and report.replay(self._stack.flask) and not failed
            report.tell(placed)
        for sentence in failed:
            print(f"a customer could not go on: {sentence}")
        still, late = self._watch.still, self._watch.late
        print(f"blows: {dict(self._trouble.blows)}")
        print(f"longest standstill {still:.1f} s; an activity was late by {late:.1f} s at most")
        return well

    def _some(self, query: str, *values: object) -> list[invariants.Json] | None:
        return self._read(query, *values) or None

    def _read(self, query: str, *values: object) -> list[invariants.Json]:
        with closing(psycopg2.connect(self._url)) as db:
            return invariants.read(db, query, *values)


def outcomes(visits: list[Any]) -> tuple[list[str], list[str]]:
    """The orders that were placed, and what customers complain of."""
    placed, failed = [], []
    for visit in visits:
        try:
            if order_id := visit.result():
                placed.append(order_id)
        except (requests.RequestException, TookTooLongError, AssertionError) as error:
            failed.append(f"{type(error).__name__}: {error}")
    return placed, failed


if __name__ == "__main__":
    sys.exit(main())
