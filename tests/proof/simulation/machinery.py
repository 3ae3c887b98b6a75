"""Steps of the system besides its workers: sweeps, messages, the bank, time."""

import random
from collections.abc import Iterator
from contextlib import suppress
from operator import itemgetter
from typing import Any

from sqlalchemy import func, select, text

from models import reading, transaction
from models.clock import MovableClock
from models.durable.activity import NOT_OVER, ActivityRow
from models.durable.signal import SignalRow, SignalState
from models.payment import Payment
from models.refund import Refund
from sandbox.events import Delivery, Event
from sandbox.scheduled import as_posted
from state_machines.actions import reconcile
from state_machines.durable import inbox, sweep
from state_machines.durable.base import handling
from state_machines.durable.base.handling import ProviderEvent
from tests.proof.simulation.mood import Mood
from tests.proof.simulation.outside import Outside
from tests.proof.simulation.step import Step
from tests.proof.simulation.trouble import TroubleError
from tests.proof.simulation.workers import Workers

HOUR = 3600.0
TOGETHER = 3  # events in one message, at most
# How likely a message has text that cannot be stored, or an event beside the others that is none.
STRANGE = 0.08


class Machinery:
    def __init__(
        self, dice: random.Random, outside: Outside, time: MovableClock, mood: Mood
    ) -> None:
        self._dice, self._outside, self._time = dice, outside, time
        self.workers = Workers(dice, outside, time, mood)
        self._strange = 0

    def steps(self) -> Iterator[Step]:
        """Yield the possible steps; faults are possible, too."""
        yield from self.workers.steps()
        yield from self.workers.poison.steps()
        yield Step(0.08, "lose a key", self._lose_key)
        if waiting := self._outside.post.waiting:
            yield Step(5, "deliver", lambda: self._deliver(self._some(waiting)))
            yield Step(0.5, "deliver twice", lambda: self._receive(self._some(waiting)))
            yield Step(0.6, "drop", lambda: self._drop(self._dice.choice(waiting)))
        if self._due_at_bank():
            yield Step(3, "bank", lambda: self._bank(self._dice.choice(self._due_at_bank())))
        yield Step(1, "publish overdue", self._rescue_overdue)
        yield Step(0.7, "fire deadlines", sweep.fire_deadlines)
        yield Step(0.5, "make polls", sweep.schedule_polls)
        yield Step(0.5, "apply signals", sweep.apply_signals)
        yield Step(0.2, "maintenance", maintenance)
        yield Step(2.5, "time", self._let_pass)

    def work(self) -> bool:
        """Do one thing that is to be done, when nothing goes wrong any more; whether there was."""
        if self.workers.work():
            return True
        if self._outside.post.waiting:
            self._deliver(self._outside.post.waiting[:1])
        elif due := self._due_at_bank():
            self._bank(due[0])
        else:
            with suppress(TroubleError):
                maintenance()
            fired = sweep.fire_deadlines() + sweep.schedule_polls() + sweep.apply_signals()
            self._rescue_overdue()
            return bool(fired or self.workers.hints)
        return True

    def next_due(self) -> float:
        """Return the seconds until something is due: at most an hour, when reconciliation is."""
        moments = [later.moment for later in self._outside.bank.later]
        stored = SignalRow.state == SignalState.STORED
        is_known = (SignalRow.source != "stripe") | SignalRow.kind.in_(handling.kinds["stripe"])
        with reading() as session:
            for column, condition in (
                (ActivityRow.due_at, ActivityRow.state.in_(NOT_OVER)),
                (Payment.deadline_at, Payment.deadline_at.is_not(None)),
                (Payment.poll_at, Payment.poll_at.is_not(None)),
                (Refund.poll_at, Refund.poll_at.is_not(None)),
                (SignalRow.due_at, stored & is_known),
                (SignalRow.due_at + inbox.UNKNOWN_KIND_DELAY, stored),
            ):
                due_at = session.scalar(select(func.min(column)).where(condition))
                moments += [due_at.timestamp()] if due_at else []
        return min([HOUR, *(max(0.001, m - self._time.at.timestamp()) for m in moments)])

    def _deliver(self, events: list[Event]) -> str:
        """Deliver events. An event that is not answered with 200 stays and comes again."""
        kinds = self._receive(events)
        for event in events:
            self._outside.post.take(event, Delivery.DELIVERED)
        return kinds

    def _receive(self, events: list[Event]) -> str:
        source, signals = str(events[0].source), [as_posted(event) for event in events]
        if self._dice.random() < STRANGE:
            signals = [unstorable(signal) for signal in signals]
        if self._dice.random() < STRANGE:
            self._strange += 1
            signals.insert(0, (f"strange \0 {self._strange}", "bounce", {"loginId": "\ud800"}))
        if len(signals) == 1 and source == "stripe":
            inbox.receive(source, *signals[0])
        else:
            inbox.receive_all(source, signals)
        return ", ".join(event.type for event in events)

    def _lose_key(self) -> str | None:
        """Make the secret of an activity unreadable, as if its key was lost."""
        with transaction() as session:
            sealed = select(ActivityRow.id, ActivityRow.name).where(
                ActivityRow.state.in_(NOT_OVER), ActivityRow.secret.is_not(None)
            )
            rows = session.execute(sealed.order_by(ActivityRow.id)).all()
            if not rows:
                return None
            key, name = self._dice.choice(rows)
            session.execute(text("UPDATE activity SET secret = 'x' WHERE id = :id"), {"id": key})
        return str(name)

    def _drop(self, event: Event) -> str:
        self._outside.post.take(event, Delivery.DROPPED)
        return event.type

    def _bank(self, later: Any) -> None:
        self._outside.bank.do(later)

    def _rescue_overdue(self) -> int:
        overdue = sorted(sweep.due_activities(), key=itemgetter(1))  # in every replay alike
        self.workers.hints += overdue
        return len(overdue)

    def _let_pass(self) -> None:
        seconds = self._dice.choices(
            (self._dice.random(), 11.0, self._dice.uniform(60, 400), HOUR, None),
            (40, 25, 12, 4, 19),
        )[0]
        self._time.advance(seconds=self.next_due() if seconds is None else seconds)

    def _some(self, waiting: list[Event]) -> list[Event]:
        """Choose waiting events of one sender, sorted by their subjects as the route sorts them."""
        source = self._dice.choice(waiting).source
        alike = [event for event in waiting if event.source == source]
        number = min(len(alike), self._dice.choice((1, 1, self._dice.randint(2, TOGETHER))))
        return sorted(self._dice.sample(alike, number), key=lambda event: about(as_posted(event)))

    def _due_at_bank(self) -> list[Any]:
        at = self._time.at.timestamp()
        return [later for later in self._outside.bank.later if later.moment <= at]


def about(signal: ProviderEvent) -> str:
    _, _, event = signal
    return str(event.get("loginId") or event.get("orderId") or "")


def unstorable(signal: ProviderEvent) -> ProviderEvent:
    """Return the same event with text that PostgreSQL cannot store."""
    key, kind, event = signal
    inside = event["data"]["object"] if "data" in event else event
    inside["note"] = "a\0b \ud800"
    return key, kind, event


def maintenance() -> None:
    with transaction():
        reconcile.start_when_due()
