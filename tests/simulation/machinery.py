"""What the system does, a step at a time: workers, sweeps, messages, the bank, and time."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import func, select

from models import reading, transaction
from models.activity import UNDER_WAY, ActivityRow
from models.clock import MovableClock
from models.payment import Payment
from models.refund import Refund
from models.signal import SignalRow, SignalState
from sandbox.events import Delivery, Event, Source
from state_machines import reconciliation
from state_machines.durable import NoAnswerError, TransientError, inbox, runner, sweep
from state_machines.durable.journal import Committed
from state_machines.durable.runner import Batch
from tests.simulation.outside import Outside, content

T = TypeVar("T")
HOUR = 3600.0


class Step(NamedTuple):
    """One of the things that may happen next; `weight` says how often it is chosen."""

    weight: float
    name: str
    do: Callable[[], object]


@dataclass(slots=True)
class Held:
    """What a worker holds: it has claimed, and perhaps called."""

    batch: Batch
    called: bool = False


class Machinery:
    def __init__(self, dice: random.Random, outside: Outside, time: MovableClock) -> None:
        self._dice, self._outside, self._time = dice, outside, time
        self.hints: list[tuple[str, UUID]] = []
        self.held: list[Held] = []

    def hear(self, committed: Committed) -> None:
        """What was committed is on its way to the workers."""
        self.hints += committed.activities

    def steps(self) -> Iterator[Step]:
        """What may happen now, when everything may go wrong."""
        if self.hints:
            yield Step(6, "receive", self.receive)
            yield Step(0.4, "lose a hint", lambda: self.hints.remove(self._dice.choice(self.hints)))
            yield Step(
                0.3, "double a hint", lambda: self.hints.append(self._dice.choice(self.hints))
            )
        if any(not held.called for held in self.held):
            yield Step(6, "call", lambda: self.call(self._outcome()))
        if any(held.called for held in self.held):
            yield Step(6, "record", self.record)
        if self.held:
            yield Step(0.4, "die", lambda: self.held.remove(self._any(self.held)))
        if waiting := self._outside.post.waiting:
            yield Step(5, "deliver", lambda: self.deliver(self._any(waiting)))
            yield Step(0.5, "deliver twice", lambda: self._apply(self._any(waiting)))
            yield Step(0.6, "drop", lambda: self.drop(self._any(waiting)))
        if self._due_at_bank():
            yield Step(3, "bank", lambda: self.bank(self._any(self._due_at_bank())))
        yield Step(1, "hand out", self.hand_out)
        yield Step(0.7, "fire deadlines", sweep.fire_deadlines)
        yield Step(0.5, "make enquiries", sweep.make_enquiries)
        yield Step(0.3, "apply signals", sweep.apply_signals)
        yield Step(0.2, "chores", chores)
        yield Step(2.5, "time", self._let_pass)

    def work(self) -> bool:
        """Do one thing that is to be done, when nothing goes wrong any more; whether there was."""
        if self.held:
            self.call("ok") if not self.held[0].called else self.record()
        elif self._outside.post.waiting:
            self.deliver(self._outside.post.waiting[0])
        elif self.hints:
            self.receive()
        elif due := self._due_at_bank():
            self.bank(due[0])
        else:
            chores()
            fired = sweep.fire_deadlines() + sweep.make_enquiries() + sweep.apply_signals()
            return bool(fired + self.hand_out())
        return True

    def receive(self) -> None:
        name, activity_id = self.hints.pop(self._dice.randrange(len(self.hints)))
        batch = runner.prepare(name, [activity_id])
        if batch.tries:
            self.held.append(Held(batch))

    def call(self, outcome: str) -> None:
        """`outcome`: ok, "refused" before anything was done, or "lost" when all was."""
        held = next(held for held in self._shuffled() if not held.called)
        if outcome != "refused":
            runner.perform(held.batch)
        for one in held.batch.tries:
            if outcome == "refused" and one.error is None:
                one.error = TransientError("nobody was there")
            elif outcome == "lost" and one.error is None:
                one.error, one.response = NoAnswerError("the answer was lost"), None
        held.called = True

    def record(self) -> None:
        held = next(held for held in self._shuffled() if held.called)
        self.held.remove(held)
        runner.finish(held.batch)

    def deliver(self, event: Event) -> None:
        self._apply(event)
        self._outside.post.take(event, Delivery.DELIVERED)

    def drop(self, event: Event) -> None:
        self._outside.post.take(event, Delivery.DROPPED)

    def bank(self, later: Any) -> None:
        self._outside.bank.do(later)

    def hand_out(self) -> int:
        found = sorted(sweep.due_activities(), key=itemgetter(1))  # in every replay alike
        self.hints += found
        return len(found)

    def next_due(self) -> float:
        """Seconds until something is due; an hour at most, when reconciliation is."""
        moments = [later.moment for later in self._outside.bank.later]
        with reading() as session:
            for column, condition in (
                (ActivityRow.due_at, ActivityRow.state.in_(UNDER_WAY)),
                (Payment.deadline_at, Payment.deadline_at.is_not(None)),
                (Payment.ask_at, Payment.ask_at.is_not(None)),
                (Refund.ask_at, Refund.ask_at.is_not(None)),
                (SignalRow.due_at, SignalRow.state == SignalState.STORED),
            ):
                found = session.scalar(select(func.min(column)).where(condition))
                moments += [found.timestamp()] if found else []
        return min([HOUR, *(max(0.001, m - self._time.at.timestamp()) for m in moments)])

    def _let_pass(self) -> None:
        seconds = self._dice.choices(
            (self._dice.random(), 11.0, self._dice.uniform(60, 400), HOUR, None),
            (40, 25, 12, 4, 19),
        )[0]
        self._time.advance(seconds=self.next_due() if seconds is None else seconds)

    def _outcome(self) -> str:
        return self._dice.choices(("ok", "refused", "lost"), (84, 8, 8))[0]

    def _shuffled(self) -> list[Held]:
        return self._dice.sample(self.held, len(self.held))

    def _any(self, things: Sequence[T]) -> T:
        return self._dice.choice(things)

    def _apply(self, event: Event) -> None:
        if event.source == Source.STRIPE:
            inbox.receive("stripe", event.id, event.type, content(event))
        else:
            told = content(event)[0]
            inbox.receive("sendgrid", event.id, event.type, told)

    def _due_at_bank(self) -> list[Any]:
        at = self._time.at.timestamp()
        return [later for later in self._outside.bank.later if later.moment <= at]


def chores() -> None:
    with transaction():
        reconciliation.start_when_due()
