"""`make chaos`: orders at a constant rate while parts of the system are killed at random.

Parts are killed, frozen or emptied; then the faults stop, and a report follows. Exit status 0 only
if nothing was lost or done twice.
"""

import os
import random
import sys
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

import psycopg2

from demo.buyer import TookTooLongError, wait_for
from demo.world import World
from launch.children import end_in_order
from launch.stack import Stack
from models.clock import tick
from models.durable.activity import PUBLISHER_LEASE
from tests.proof.chaos.crowd import Crowd
from tests.proof.chaos.recovery import Recovery
from tests.proof.chaos.report import Report, Sandbox
from tests.proof.chaos.trouble import Trouble
from tests.proof.chaos.watch import Watch
from tests.proof.failpoints.patient import PatientBuyer
from tests.support import invariants, storm
from tests.support.storm import FAULTS, PAYMENT_TIMEOUT, SETTINGS
from tests.support.system import OWN

RATE = 2.0  # orders a second
AT_ONCE = 48  # customers
REST = 180  # seconds
ALL_KINDS = 120  # seconds of trouble in which every kind of blow must fall
# As far away as Stripe is, so that a blow finds calls under way.
FAR = {**FAULTS, "stripe": {**FAULTS["stripe"], "latencyMs": 150}}
NEWER = "SELECT 1 FROM reconciliation WHERE state = 'Done' AND created_at > %s"


def main() -> int:
    end_in_order()
    seconds = float(os.environ.get("SECONDS") or 300)
    seed = int(os.environ.get("SEED") or random.randrange(1_000_000))
    print(f"chaos: {seconds * RATE:.0f} orders in {seconds:.0f} s, SEED={seed}", flush=True)
    with Stack(environment=OWN | SETTINGS) as stack:
        return Chaos(stack, seed).run(seconds)


class Chaos:
    """One run. Faults of the run itself are complaints, and the report follows all the same."""

    def __init__(self, stack: Stack, seed: int) -> None:
        self._stack, self._seed = stack, seed
        self._world = World.of(stack)
        self._url = stack.environment["DATABASE_URL"]
        self._recovery = Recovery(self._url)
        self._watch = Watch(self._url, self._recovery)
        self._trouble = Trouble(stack, random.Random(seed), self._recovery)
        self._crowd = Crowd(self._visit, RATE, AT_ONCE)
        self._complaints: list[str] = []

    def run(self, seconds: float) -> int:
        """Run everything and return the exit status."""
        self._world.restock(1_000_000)
        stock = "SELECT id::text, stock FROM product"
        shelves = {row["id"]: row["stock"] for row in self._read(stock)}
        start = tick()
        with self._noted(), self._watch.looking():
            with self._noted():
                self._world.faults(seed=self._seed, **FAR)
                with self._trouble.striking():
                    self._crowd.come(int(seconds * RATE))
            with self._noted():
                self._world.faults()
                self._stack.wait_ready()
                self._come_to_rest()
        self._look_back(seconds)
        well = self._report(shelves)
        print(f"chaos: {'nothing lost' if well else 'BROKEN'} in {tick() - start:.0f} s")
        return int(not well)

    @contextmanager
    def _noted(self) -> Iterator[None]:
        """Turn an error of the block into a complaint."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  reported like a complaint
            traceback.print_exc()
            self._complaints.append(f"{type(error).__name__}: {error}")

    def _visit(self, number: int) -> str | None:
        """Play one customer, and return the id of the order."""
        dice = random.Random(f"{self._seed}:{number}")
        buyer = PatientBuyer(self._world.urls)
        buyer.log_in()
        products = sorted(buyer.products(), key=lambda product: str(product["sku"]))
        chosen = dice.sample(products, dice.randint(1, 3))
        return storm.shop(buyer, chosen, dice, PAYMENT_TIMEOUT)

    def _come_to_rest(self) -> None:
        """Wait until nothing is left to do, before and after a reconciliation."""
        for _ in range(2):
            (moment,) = self._read("SELECT clock_timestamp() AS now")
            self._wait_for_rest()
            newer = partial(self._read, NEWER, moment["now"])
            wait_for(lambda look=newer: look() or None, "a reconciliation", seconds=60)  # type: ignore[misc]

    def _wait_for_rest(self) -> None:
        """Wait until nothing is in progress.

        Raises TookTooLongError; the rest in progress is then a complaint.
        """
        try:
            wait_for(lambda: not self._read(invariants.UNDER_WAY) or None, "rest", seconds=REST)
        except TookTooLongError:
            self._complaints += [
                f"still under way: {row['what']}, {row['state']}"
                for row in self._read(invariants.UNDER_WAY)
            ]
            raise

    def _look_back(self, seconds: float) -> None:
        """Check that the run had its customers and its faults."""
        self._complaints += self._crowd.failed
        if given_up := self._stack.supervisor.given_up:
            self._complaints.append(f"{given_up} died too often, and was given up")
        if seconds >= ALL_KINDS and (never := self._trouble.never):
            self._complaints.append(f"these blows never fell: {', '.join(never)}")

    def _report(self, shelves: dict[str, int]) -> bool:
        """Print the report, and return True if all invariants hold."""
        with closing(psycopg2.connect(self._url)) as db:
            report = Report(db, Sandbox.of(self._world.urls.sandbox))
            checked = report.check(self._crowd.placed, shelves)
            replayed = report.replay(self._stack.flask)
            report.tell(self._crowd.placed)
        for complaint in self._complaints:
            print(f"BROKEN: {complaint}")
        self._tell()
        return checked and replayed and not self._complaints

    def _tell(self) -> None:
        """Print the figures of the faults."""
        print(self._crowd.tell())
        blows, overlaps = self._trouble.blows, self._trouble.overlaps
        print(f"blows: {dict(blows)}; {overlaps} of {blows.total()} while another lasted")
        still, late = self._watch.still, self._watch.late
        print(f"longest standstill {still:.1f} s; an activity was late by {late:.1f} s at most")
        print(self._recovery.tell(PUBLISHER_LEASE.total_seconds()))

    def _read(self, query: str, *values: object) -> list[invariants.Json]:
        with closing(psycopg2.connect(self._url)) as db:
            return invariants.read(db, query, *values)


if __name__ == "__main__":
    sys.exit(main())
