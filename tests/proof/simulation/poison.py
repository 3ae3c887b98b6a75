"""Faults that last for a while: calls of one kind fail, or a statement fails each time."""

import random
from collections.abc import Iterator

from models.clock import MovableClock
from sandbox.faults import Fault
from tests.proof.simulation.mood import Mood
from tests.proof.simulation.step import Step
from tests.proof.simulation.trouble import trouble

HOUR = 3600
# Seconds: shorter than the tries of a call, longer than them, longer than those of an event.
DURATIONS = (20, 300, 3 * HOUR)
CALLS = (
    *("payments.create_intent", "payments.", "refunds.submit", "refunds.", "reconciliation."),
    *("emails.login_code", "emails.", "privacy."),
)
# What would be mended by an operator alone, such as a refused letter, is left out.
REFUSABLE = ("payments.create_intent", "refunds.submit", "reconciliation.", "emails.login_code",
             "privacy.erase_recipient")  # fmt: skip
# Each is part of what some moves write.
STATEMENTS = ("INSERT INTO transition", "INSERT INTO refund", "INSERT INTO dispute",
              "INSERT INTO notice", "INSERT INTO stock_move", "INSERT INTO activity")  # fmt: skip


class Poison:
    """`until` is when it ends, in Unix seconds."""

    def __init__(self, dice: random.Random, time: MovableClock, mood: Mood) -> None:
        self._dice, self._time, self._mood = dice, time, mood
        self._calls, self._fault, self._until = "", Fault.NONE, 0.0
        self._left = dice.choice((0, 0, 1, 1, 2))

    def steps(self) -> Iterator[Step]:
        if self._left and not self.lasts():
            yield Step(0.4, "poison", self._begin)

    def lasts(self) -> bool:
        """Return whether it goes on; what is over is ended."""
        if self._until and self._time.at.timestamp() >= self._until:
            self._calls, trouble.poison, self._until = "", "", 0.0
        return self._until > 0

    def of(self, activity: str) -> Fault:
        """Return the results of the requests of a call."""
        is_hit = self.lasts() and self._calls and activity.startswith(self._calls)
        return self._fault if is_hit else Fault.NONE

    def _begin(self) -> str:
        self._left -= 1
        self._until = self._time.at.timestamp() + self._dice.choice(DURATIONS)
        if self._dice.random() < (0.2 if self._mood.calls else 0.5):
            trouble.poison = self._dice.choice(STATEMENTS)
            return trouble.poison
        self._fault = self._dice.choice((Fault.ERROR, Fault.TIMEOUT, Fault.REFUSED))
        usual = REFUSABLE if self._fault == Fault.REFUSED else CALLS
        liked = [calls for calls in self._mood.calls if calls in usual]
        self._calls = self._dice.choice(liked or usual)
        return f"{self._calls} meets {self._fault.name}"
