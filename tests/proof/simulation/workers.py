"""The workers: each claims activities of one kind, makes their calls, and records them.

The calls are made one after the other and recorded together. Or the worker dies while it holds
them.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from models.clock import MovableClock
from sandbox.faults import Fault
from state_machines.durable import executor
from state_machines.durable.activity import Attempt
from state_machines.durable.calls import batches
from state_machines.durable.calls.batches import Batch
from state_machines.durable.unit_of_work import Committed
from tests.proof.simulation.mood import Mood
from tests.proof.simulation.outside import Outside
from tests.proof.simulation.poison import Poison
from tests.proof.simulation.step import Step

MAX_HINTS = 4  # in a message
# What becomes of a call: all is well, or its first, second or third request meets one of FAULTS.
REQUESTS = {0: 80, 1: 11, 2: 7, 3: 2}
FAULTS = {Fault.ERROR: 5, Fault.RATE_LIMIT: 1, Fault.TIMEOUT: 6}
MOST_REQUESTS = 5  # of one call
# Some answers come drop by drop: seconds, up to far beyond the lease.
SLOW, SLOWNESS = 0.06, (4, 9, 40)


@dataclass(frozen=True, slots=True)
class Held:
    """The activities that a worker holds, and the calls that are still to be made."""

    batch: Batch
    to_make: list[Attempt]

    def __str__(self) -> str:
        return f"{len(self.batch.attempts)} of {self.batch.activity.name}"


class Workers:
    def __init__(
        self, dice: random.Random, outside: Outside, time: MovableClock, mood: Mood
    ) -> None:
        self._dice, self._outside, self._time = dice, outside, time
        self.poison = Poison(dice, time, mood)
        self.hints: list[tuple[str, UUID]] = []
        self.held: list[Held] = []

    def hear(self, committed: Committed) -> None:
        """Send the committed activities to the workers."""
        self.hints += committed.activities

    def steps(self) -> Iterator[Step]:
        """Yield the possible steps; faults are possible, too."""
        if self.hints:
            yield Step(5, "receive", self._receive)
            yield Step(0.4, "lose a hint", self._lose)
            yield Step(0.3, "double a hint", self._double)
        if self._calling():
            yield Step(6, "call", lambda: self._call(self._fault(), slow=SLOW))
        if self._called():
            yield Step(6, "record", self._record)
        if self.held:
            yield Step(0.4, "die", self._die)

    def work(self) -> bool:
        """Do one thing that is to be done, when nothing goes wrong any more; whether there was."""
        if self._calling():
            self._call([])
        elif self._called():
            self._record()
        elif self.hints:
            self._receive()
        else:
            return False
        return True

    def _receive(self) -> str:
        """Receive some ids of one activity's name, as in one message."""
        name, _ = self._dice.choice(self.hints)
        alike = [hint for hint in self.hints if hint[0] == name]
        received = self._dice.sample(alike, min(len(alike), self._dice.randint(1, MAX_HINTS)))
        for hint in received:
            self.hints.remove(hint)
        batch = executor.prepare(name, [activity_id for _, activity_id in received])
        if batch.attempts:
            self.held.append(
                Held(batch, [attempt for attempt in batch.attempts if attempt.error is None])
            )
        return f"{len(received)} of {name}"

    def _call(self, faults: list[Fault], *, slow: float = 0) -> str:
        """Make one call of a batch: with threads no seed would play the same twice."""
        held = self._dice.choice(self._calling())
        attempt = held.to_make.pop(self._dice.randrange(len(held.to_make)))
        batch = held.batch
        met = f", request {len(faults)} meets {faults[-1].name}" if faults else ""
        if (lasting := self.poison.of(batch.activity.name)) != Fault.NONE:
            faults, met = [lasting] * MOST_REQUESTS, f", all requests meet {lasting.name}"
        with self._outside.faults.meeting(faults):
            batches.perform(Batch(batch.claimed, [attempt]))
        slowly = ""
        if slow and self._dice.random() < slow:
            self._time.advance(seconds=self._dice.choice(SLOWNESS))
            slowly = ", slowly"
        return batch.activity.name + (met if attempt.error else "") + slowly

    def _record(self) -> str:
        held = self._dice.choice(self._called())
        self.held.remove(held)
        executor.finish(held.batch)
        return str(held)

    def _die(self) -> str:
        held = self._dice.choice(self.held)
        self.held.remove(held)
        return str(held)

    def _lose(self) -> str:
        hint = self._dice.choice(self.hints)
        self.hints.remove(hint)
        return hint[0]

    def _double(self) -> str:
        self.hints.append(self._dice.choice(self.hints))
        return self.hints[-1][0]

    def _fault(self) -> list[Fault]:
        """Return the results of a call's requests, one after the other."""
        number = self._dice.choices(list(REQUESTS), list(REQUESTS.values()))[0]
        fault = self._dice.choices(list(FAULTS), list(FAULTS.values()))[0]
        return [*[Fault.NONE] * (number - 1), fault] if number else []

    def _calling(self) -> list[Held]:
        return [held for held in self.held if held.to_make]

    def _called(self) -> list[Held]:
        return [held for held in self.held if not held.to_make]
