"""The machinery of the shop under the moved clock: workers, sweeps, webhooks and the bank.

One thread does everything in the order of its time.
"""

import random
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, union_all

from demo.past.outside import Outside
from models import reading, transaction
from models.clock import MovableClock
from models.durable.activity import NOT_OVER, ActivityRow
from models.durable.signal import SignalRow, SignalState
from sandbox.events import Delivery
from sandbox.scheduled import as_posted
from state_machines.actions import reconcile
from state_machines.durable import DurableMachine, executor, inbox, sweep, unit_of_work
from state_machines.durable.calls import batches
from state_machines.durable.unit_of_work import Committed

# Seconds that a message, a call and a webhook take, at least and at most.
MESSAGE_SECONDS, CALL_SECONDS, WEBHOOK_SECONDS = (0.01, 0.05), (0.06, 0.45), (0.2, 1.5)


class Machinery:
    """`time` is the clock that it moves."""

    def __init__(self, dice: random.Random, outside: Outside, time: MovableClock) -> None:
        self._dice, self._outside, self._time = dice, outside, time
        self._hints: deque[tuple[str, UUID]] = deque()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take the activities that are committed inside the block."""
        unit_of_work.after_commit(self._hear)
        try:
            yield
        finally:
            unit_of_work.remove_listener(self._hear)

    def pass_time(self, until: datetime) -> None:
        """Move the clock to `until`, and do everything that is due before it at its time."""
        self.settle()
        while (due_at := self._find_next_due()) is not None and due_at <= until:
            self._time.at = max(self._time.at, due_at)
            if not self._sweep() and not self._bank_is_due():
                # A moment that was rounded down is over a moment later.
                self._time.advance(seconds=1)
            self.settle()
        self._time.at = max(self._time.at, until)

    def settle(self) -> None:
        """Do everything that is due now."""
        while self._hints or self._outside.post.waiting or self._bank_is_due():
            if self._hints:
                self._run(*self._hints.popleft())
            elif self._outside.post.waiting:
                self._deliver()
            else:
                (step, *_) = self._list_due_at_bank()
                self._outside.run(self._outside.bank.do, step)

    def reconcile(self) -> None:
        """Compare our rows with Stripe's, as the maintenance does, if it is time to."""
        with transaction():
            reconcile.start_when_due()
        self.settle()

    def _hear(self, committed: Committed) -> None:
        self._hints += committed.activities

    def _run(self, name: str, activity_id: UUID) -> None:
        self._spend(MESSAGE_SECONDS)
        batch = executor.prepare(name, [activity_id])
        self._outside.faults.activity = name
        self._spend(CALL_SECONDS)
        batches.perform(batch)
        self._outside.faults.activity = ""
        executor.finish(batch)

    def _deliver(self) -> None:
        event = self._outside.post.waiting[0]
        self._spend(WEBHOOK_SECONDS)
        if event.source == "stripe" and self._outside.faults.loses_event():
            self._outside.run(self._outside.post.take, event, Delivery.DROPPED)
            return
        inbox.receive_all(event.source, [as_posted(event)])
        self._outside.run(self._outside.post.take, event, Delivery.DELIVERED)

    def _sweep(self) -> int:
        """Do what beat starts each second, and return how much there was to do."""
        served = sweep.fire_deadlines() + sweep.schedule_polls() + sweep.apply_signals()
        overdue = sorted(sweep.due_activities(), key=itemgetter(1))
        self._hints += overdue
        return served + len(self._hints)

    def _spend(self, seconds: tuple[float, float]) -> None:
        self._time.advance(seconds=self._dice.uniform(*seconds))

    def _find_next_due(self) -> datetime | None:
        """Return the time of what is due next, or None when nothing waits for a time."""
        moments = [step.moment for step in self._outside.bank.later]
        due = [select(func.min(ActivityRow.due_at)).where(ActivityRow.state.in_(NOT_OVER))]
        due.append(select(func.min(SignalRow.due_at)).where(SignalRow.state == SignalState.STORED))
        for machine in DurableMachine.registry.values():
            due.append(select(func.min(machine.model.deadline_at)))
            if machine.poll is not None:
                due.append(select(func.min(machine.model.poll_at)))
        with reading() as session:
            moments += [at.timestamp() for at in session.scalars(union_all(*due)) if at]
        return datetime.fromtimestamp(min(moments), UTC) if moments else None

    def _bank_is_due(self) -> bool:
        return bool(self._list_due_at_bank())

    def _list_due_at_bank(self) -> list[Any]:
        at = self._time.at.timestamp()
        return [step for step in self._outside.bank.later if step.moment <= at]
