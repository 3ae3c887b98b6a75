"""The metrics of transitions, activities, signals and deadlines."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from models import metrics
from models.clock import now, tick
from models.durable.signal import SignalState
from models.ids import made_at
from state_machines.durable.activity import Activity, Attempt
from state_machines.durable.base import handling
from state_machines.durable.base.failure import Snooze, UnknownOutcomeError
from state_machines.durable.base.handling import Outcome, ProviderEvent
from state_machines.durable.leases import Claim

REPEATED, PUT_OFF = "repeated", "put_off"


def count_claim(claimed: Claim, unneeded: Collection[UUID]) -> None:
    """Count the waits of activities that are claimed for the first time, and the unneeded ones."""
    if not metrics.is_on():
        return
    name, at = claimed.activity.name, now()
    for call in claimed.calls:
        made = made_at(call.id)
        if call.attempt == 1 and call.giving_up is None and made is not None:
            metrics.ACTIVITY_WAIT.observe(max((at - made).total_seconds(), 0), name)
    if unneeded:
        metrics.ACTIVITY_OUTCOMES.add(name, "unneeded", amount=len(unneeded))


def count_call(activity: Activity[Any, Any, Any], attempt: Attempt, began: float) -> None:
    """Count one attempt's calls to the provider, which began at `began` on the clock of `tick`."""
    if metrics.is_on():
        is_unknown = isinstance(attempt.error, UnknownOutcomeError)
        outcome = "unknown" if is_unknown else "failed" if attempt.error else "answered"
        metrics.ACTIVITY_PERFORM.observe(tick() - began, activity.name, outcome)
        if is_unknown:
            metrics.ACTIVITY_UNKNOWN.add(activity.name)


def count_results(claimed: Claim, attempts: Iterable[Attempt], ended: Collection[UUID]) -> None:
    """Count recorded attempts. `ended` has the ids of those that are done or gave up."""
    if not metrics.is_on():
        return
    for attempt in attempts:
        if attempt.call.id in claimed.lost:
            outcome = "lost"
        elif attempt.call.id in ended:
            outcome = "failed" if attempt.error else "done"
        else:
            outcome = "snoozed" if isinstance(attempt.error, Snooze) else "retried"
        metrics.ACTIVITY_OUTCOMES.add(claimed.activity.name, outcome)


def count_signals(
    source: str, events: Sequence[ProviderEvent], outcomes: Iterable[Outcome], began: float
) -> None:
    """Count events that were stored just now, and came at `began` on the clock of `tick`."""
    if metrics.is_on():
        for (_, kind, _), outcome in zip(events, outcomes, strict=True):
            count_signal(source, kind, outcome.state)
            if outcome.state == SignalState.APPLIED:
                metrics.SIGNAL_LAG.observe(tick() - began, source)


def count_signal(source: str, kind: str, outcome: str, received_at: datetime | None = None) -> None:
    """Count an event under its outcome, with its lag if it came at `received_at`."""
    if metrics.is_on():
        known = kind if kind in handling.kinds.get(source, ()) else metrics.OTHER
        metrics.SIGNALS.add(source, known, outcome)
        if received_at is not None:
            lag = (now() - received_at.astimezone(UTC)).total_seconds()
            metrics.SIGNAL_LAG.observe(max(lag, 0), source)


def count_deadline(machine: str, deadline_at: datetime) -> None:
    """Count a deadline that the sweep fires now."""
    metrics.DEADLINE_LAG.observe(max((now() - deadline_at).total_seconds(), 0), machine)
