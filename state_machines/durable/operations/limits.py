"""Limits: the calls that a provider allows a second and at once, counted over all processes.

The statement that claims activities reads whether there is a limit. A claim under a limit locks its
row, so that claims pass it one after the other.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from models.base import db, table_of
from models.clock import now
from models.durable.activity import UNKNOWN_OUTCOMES, ActivityRow, ActivityState
from models.durable.control import PauseKind, ProviderLimit
from state_machines.durable.activity import Activity
from state_machines.durable.operations.commands import OperationRefusedError
from state_machines.durable.operations.expected_version import UnchangedError
from state_machines.durable.operations.pauses import paused_activities, require_known

# The default burst, in seconds of the limit.
BURST_SECONDS = 0.2
# The calls to publish in a second for each that may be under way: most take at least 100 ms.
CALLS_OF_A_SLOT = 10
# A clock that is this much earlier than the last claim was set back: two processes differ by less.
MAX_CLOCK_DIFFERENCE = timedelta(seconds=5)
AnyActivity = Activity[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Limit:
    """The calls that a provider allows: `per_second` with a `burst`, and `at_once`."""

    per_second: float | None = None
    at_once: int | None = None
    burst: float | None = None


def set_limit(provider: str, limit: Limit) -> None:
    """Limit the calls to a provider, in all processes together.

    Raises OperationRefusedError when no activity calls it, and UnchangedError when it has this
    limit already.
    """
    require_known(PauseKind.PROVIDER, provider)
    burst = limit.burst or max(1.0, BURST_SECONDS * (limit.per_second or 0))
    figures: dict[str, Any] = {
        "per_second": limit.per_second,
        "burst": burst,
        "at_once": limit.at_once,
    }
    current = db.session.get(ProviderLimit, provider, with_for_update=True)
    if current is not None and all(getattr(current, name) == figures[name] for name in figures):
        raise UnchangedError
    figures["filled_at"] = now()
    new = insert(ProviderLimit).values(provider=provider, tokens=burst, **figures)
    tokens = func.least(ProviderLimit.tokens, burst)
    db.session.execute(
        new.on_conflict_do_update(index_elements=["provider"], set_=figures | {"tokens": tokens})
    )


def remove_limit(provider: str) -> None:
    """Remove the limit of a provider. Raises OperationRefusedError when it has none."""
    row = db.session.get(ProviderLimit, provider, with_for_update=True)
    if row is None:
        raise OperationRefusedError(f"Provider {provider} has no limit")
    db.session.delete(row)


@cache
def is_limited(activity: AnyActivity) -> ColumnElement[bool]:
    """Return the condition that the activity's provider has a limit."""
    return exists().where(table_of(ProviderLimit).c.provider == activity.provider)


def choose(activity: AnyActivity, *free: ColumnElement[bool]) -> tuple[list[UUID], list[UUID]]:
    """Return the free activities that the provider's limit allows to claim now, and the others.

    Locks the limit, so that claims pass it one after the other. Without a limit, both are empty.
    """
    query = select(ProviderLimit).where(ProviderLimit.provider == activity.provider)
    fresh = query.with_for_update().execution_options(populate_existing=True)
    limit = db.session.scalars(fresh).one_or_none() if activity.provider else None
    if limit is None:
        return [], []
    # In plain order and without waiting: claims of other providers may hold some of the rows.
    locked = select(ActivityRow.id).where(*free).with_for_update(skip_locked=True)
    ids = list(db.session.scalars(locked.order_by(ActivityRow.id)))
    number = _take(limit, len(ids))
    return ids[:number], ids[number:]


def give_back(activity: AnyActivity, number: int) -> None:
    """Give back calls that the transaction has taken by `choose` and that are not made."""
    limit = db.session.get_one(ProviderLimit, activity.provider)
    limit.tokens = min(limit.burst, limit.tokens + number)


def leave_to_sweep(*free: ColumnElement[bool]) -> None:
    """Let free activities wait for the sweep, which publishes as many as their limit allows."""
    values = {"state": ActivityState.WAITING, "token": None, "due_at": now()}
    left = update(ActivityRow).where(*free).values(values | {"unknown_outcomes": UNKNOWN_OUTCOMES})
    db.session.execute(left.execution_options(synchronize_session=False))


def _take(limit: ProviderLimit, requested: int) -> int:
    """Take up to `requested` calls from a locked limit, and return how many it allows now."""
    at, number = now(), requested
    if limit.at_once is not None:
        number = min(number, limit.at_once - _running(limit.provider, at))
    if limit.per_second is not None:
        # The clocks of two processes differ a little: the later one has filled the bucket.
        passed = max((at - limit.filled_at).total_seconds(), 0.0)
        tokens = min(limit.burst, limit.tokens + passed * limit.per_second)
        number = max(min(number, int(tokens)), 0)
        is_set_back = limit.filled_at - at > MAX_CLOCK_DIFFERENCE
        limit.filled_at = at if is_set_back else max(at, limit.filled_at)
        limit.tokens = tokens - number
    return max(number, 0)


def _running(provider: str, at: datetime) -> int:
    """Return the number of calls to a provider under way: claims whose leases have not ended."""
    callers = [each for each in Activity.registry.values() if each.provider == provider]
    # Twice, since the clocks of two processes differ a little.
    until = at + 2 * max(activity.lease for activity in callers)
    running = select(func.count()).where(
        ActivityRow.state == ActivityState.RUNNING,
        ActivityRow.name.in_([activity.name for activity in callers]),
        ActivityRow.due_at > at,
        # What waits for its next attempt may lie behind, in any number.
        ActivityRow.due_at <= until,
    )
    return db.session.scalar(running) or 0


def limited_providers() -> dict[str, int]:
    """Return the providers with a limit, each with the number of calls to publish in a second."""
    return {each.provider: _per_sweep(each) for each in db.session.scalars(select(ProviderLimit))}


def _per_sweep(limit: ProviderLimit) -> int:
    by_slots = math.inf if limit.at_once is None else CALLS_OF_A_SLOT * limit.at_once
    return math.ceil(min(limit.per_second or math.inf, by_slots))


def reasons_to_wait() -> dict[str, str]:
    """Return the names of the activities that have to wait, each with a sentence that says why."""
    limited = limited_providers()
    at_limit = {
        each.name: f"{each.name} waits for the limit of {each.provider}"
        for each in Activity.registry.values()
        if each.provider in limited
    }
    paused = paused_activities()
    return at_limit | {name: f"{name} is paused: {why}" for name, why in paused.items()}
