"""One seed: some days of a small shop with every kind of fault, then none.

At the end every order must be in a correct state.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from models import clock
from models.base import db as rows
from models.clock import MovableClock
from sandbox.events import Delivery
from state_machines.durable import DurableMachine, inspection, unit_of_work
from tests.proof.simulation import quiet
from tests.proof.simulation.machinery import HOUR, Machinery
from tests.proof.simulation.mood import MOODS
from tests.proof.simulation.operator import Operator
from tests.proof.simulation.outside import Outside
from tests.proof.simulation.people import People
from tests.proof.simulation.report import Report
from tests.proof.simulation.step import Step
from tests.proof.simulation.trail import entry
from tests.proof.simulation.trouble import trouble
from tests.support import invariants
from tests.support.database import truncate
from tests.support.facts import PreparedFacts

BEGIN = datetime(2030, 1, 1, tzinfo=UTC)
# Passes at each look at the clock, so that ids sort by when they were made, in every replay alike.
# They count whole milliseconds, rounded down: two moments that are one apart may be counted as one.
MOMENT = timedelta(milliseconds=2)
TROUBLE = (40, 160)  # steps, at least and at most
PEACE = 6000  # steps, by which all must have come to rest
# They change nothing in the database: no need to look.
ELSEWHERE = {"time", "call", "pay", "bank", "lose a hint", "double a hint", "die", "drop"}
# How likely a step is to meet trouble with PostgreSQL, and after how many statements again.
TROUBLED = {"record": 0.2, "deliver": 0.15, "apply signals": 0.15}
ELSE_TROUBLED = 0.03
AGAIN = (1, 8)
# Steps of processes whose clocks may disagree, how likely they do, and by how many seconds.
CLOCKED = {"receive", "record", "publish overdue", "fire deadlines", "make polls", "apply signals",
           "maintenance", "deliver"}  # fmt: skip
DISAGREE, AHEAD = 0.1, (-4, -1, 1, 4)

# Signals by the id that their sender gave them.
SIGNAL_IDS = "SELECT external_id AS id FROM signal"


class BrokenError(Exception):
    """Something that must always be true was not."""


class Simulation:
    """`db` is a connection of its own, for the invariants."""

    def __init__(self, seed: int, outside: Outside, db: Any, time: MovableClock) -> None:
        self._dice = random.Random(seed)
        self._outside, self._db, self._time = outside, db, time
        (self._mood,) = self._dice.choices(list(MOODS), list(MOODS.values()))
        self._machinery = Machinery(self._dice, outside, time, self._mood)
        self._people = People(self._dice, outside, self._mood)
        self._operator = Operator(db)
        self._facts = PreparedFacts(db)
        self.report = Report(seed)

    def run(self) -> Report:
        hear = self._machinery.workers.hear
        unit_of_work.after_commit(hear)
        try:
            for _ in range(self._dice.randint(*TROUBLE)):
                self._take(self._choose())
            self._come_to_rest()
            self._time.advance(seconds=HOUR)  # for what a reconciliation brings to light
            self._come_to_rest()
            self._operator.tidies_up()
            self._people.visitors.retry_erasures()
            self._come_to_rest()
            self._check_the_end()
        except Exception as error:  # noqa: BLE001  any error is a finding
            self.report.broken = f"{type(error).__name__}: {error}"
            # It may have left a transaction open, in which nothing can be read.
            rows.session.remove()
        finally:
            trouble.poison = ""
            unit_of_work.remove_listener(hear)
        return self._finished()

    def _choose(self) -> Step:
        steps = [*self._people.steps(), *self._machinery.steps(), *self._operator.steps()]
        weights = [step.weight * self._mood.steps.get(step.name, 1) for step in steps]
        return self._dice.choices(steps, weights)[0]

    def _take(self, step: Step) -> None:
        did: object = None
        self._machinery.workers.poison.lasts()
        with self._clock_of(step) as ahead, trouble.at(self._moments(step)):
            self.report.trail.append(step.name)
            did = step.do()
        self.report.trail[-1] = entry(step.name, did, trouble.met, ahead)
        if step.name not in ELSEWHERE:
            self._look()

    @contextmanager
    def _clock_of(self, step: Step) -> Iterator[int]:
        """Take the step with the fast or slow clock of a process, and yield the difference."""
        disagrees = step.name in CLOCKED and self._dice.random() < DISAGREE
        ahead = self._dice.choice(AHEAD) if disagrees else 0
        self._time.advance(seconds=ahead)
        yield ahead
        self._time.advance(seconds=-ahead)

    def _moments(self, step: Step) -> list[int]:
        """Return the numbers of the statements of a step that fail: none, one, or several."""
        if self._dice.random() >= TROUBLED.get(step.name, ELSE_TROUBLED):
            return []
        gaps = [self._dice.randint(*AGAIN) for _ in range(self._dice.choice((1, 1, 2, 3)))]
        return list(accumulate(gaps))

    def _look(self) -> None:
        """Check the invariants of each order, and that no step raised."""
        known = self._people.known
        for order_id, now in self._facts(known).items():
            now.check()
            if before := known[order_id]:
                now.check_after(before)
            known[order_id] = now

    def _come_to_rest(self) -> None:
        for _ in range(PEACE):
            worked = False
            poisoned = self._machinery.workers.poison.lasts()
            with trouble.at([]):
                worked = self._machinery.work() or self._people.decide()
            if not worked:
                if not poisoned and self._at_rest():
                    return
                self._time.advance(seconds=self._machinery.next_due())
            self._look()
        raise BrokenError(f"no rest: {invariants.under_way(self._db)}")

    def _at_rest(self) -> bool:
        return not self._outside.bank.later and not invariants.under_way(self._db)

    def _check_the_end(self) -> None:
        db, ledger = self._db, self._outside.ledger()
        invariants.the_last_reconciliation_has_ended(db)
        invariants.every_order_has_ended(db, map(str, self._people.known))
        invariants.the_bank_agrees(db, ledger)
        invariants.nobody_pays_for_nothing(db, ledger, invariants.decided(db))
        invariants.refunds_fit(db)
        shelves = {str(key): stock for key, stock in self._people.shelves.items()}
        invariants.the_shelves_add_up(db, shelves)
        invariants.every_email_arrived(db, self._outside.mails())
        invariants.nothing_can_be_paid(ledger)
        invariants.paid_once(db)
        self._operator.has_been_told()
        acknowledged = {event.id for event in self._outside.store.events.values()
                        if event.state == Delivery.DELIVERED}  # fmt: skip
        if lost := acknowledged - {row["id"] for row in invariants.read(db, SIGNAL_IDS)}:
            raise BrokenError(f"acknowledged, but not stored: {lost}")
        for machine in ours():
            if differences := [*inspection.verify(machine), *inspection.stuck(machine)]:
                raise BrokenError(str(differences))

    def _finished(self) -> Report:
        report = self.report
        report.days = (self._time.at - BEGIN).total_seconds() / 86400
        report.orders = len(self._people.known)
        report.read_history()
        return report


def run(seed: int, outside: Outside, db: Any) -> Report:
    """Play one seed, in a database that is emptied first."""
    random.seed(seed)  # what scatters the retries
    with clock.stopped(BEGIN, step=MOMENT) as time:
        # Dead rows would have the next seed find its own in another order.
        truncate()
        quiet.moved.clear()
        rows.session.remove()
        outside.begin(seed)
        return Simulation(seed, outside, db, time).run()


def ours() -> list[type[DurableMachine[Any]]]:
    return list(DurableMachine.registry.values())
