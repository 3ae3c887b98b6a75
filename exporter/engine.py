"""Gauges of activities, deadlines and signals."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cache
from math import inf
from typing import Any

from sqlalchemy import Select, func, literal, select, text, union_all

import celeryconfig
from exporter import gauges
from exporter.gauges import MAX_COUNT
from exporter.groups import Sample
from models import ActivityRow, Pause, Reconciliation, SignalState, Sweep
from models.base import db
from models.clock import now
from models.durable.activity import SWEPT
from models.keyset import load_distinct
from state_machines import MACHINES
from state_machines.durable.base import handling
from state_machines.durable.statements.stuck import find_stuck

# Activities under way end soon: they are among the first that are due in future.
MAX_LOOKED_AT = 5_000
STUCK_LOOKED_AT = 1_000
# `due_at` of a pending row moves whenever the sweep publishes it: `late_since` does not.
ACTIVITIES = text("""
SELECT name, due.number + next.published AS number, least(due.oldest, next.oldest) AS oldest,
    next.running
FROM unnest(CAST(:names AS text[])) AS names (name),
LATERAL (SELECT count(*) AS number,
        min(CASE state WHEN 'pending' THEN least(late_since, due_at) ELSE due_at END) AS oldest
    FROM (SELECT state, due_at, late_since FROM activity
    WHERE activity.name = names.name AND state IN ('pending', 'waiting', 'running')
        AND due_at < :at
    ORDER BY due_at LIMIT :limit) AS first) AS due,
LATERAL (SELECT count(*) FILTER (WHERE state = 'running') AS running,
        count(late_since) FILTER (WHERE state = 'pending') AS published,
        min(late_since) FILTER (WHERE state = 'pending') AS oldest
    FROM (SELECT state, late_since FROM activity
    WHERE activity.name = names.name AND state IN ('pending', 'waiting', 'running')
        AND due_at >= :at
    ORDER BY due_at LIMIT :looked_at) AS soon) AS next
""")
QUEUED = text("""
SELECT name, count(*) AS number FROM (SELECT name FROM activity WHERE state = 'queued'
    ORDER BY name, due_at LIMIT :limit) AS queued GROUP BY name
""")
FAILED = text("""
SELECT name, count(*) AS number FROM (SELECT name FROM activity WHERE state = 'failed'
    ORDER BY id LIMIT :limit) AS failed GROUP BY name
""")
GIVING_UP = text("""
SELECT count(*) FROM (SELECT id FROM activity WHERE giving_up IS NOT NULL
    AND state NOT IN ('done', 'failed', 'abandoned') ORDER BY id LIMIT :limit) AS giving_up
""")
SIGNALS = text("""
SELECT source, state, count(*) AS number FROM (SELECT source, state FROM signal
    WHERE state IN ('stored', 'unmatched', 'failed') ORDER BY id DESC LIMIT :limit) AS waiting
GROUP BY source, state
""")
WAITING = (SignalState.STORED, SignalState.UNMATCHED, SignalState.FAILED)


@cache
def queue_of(name: str) -> str:
    """Return the queue of an activity, as Celery routes it."""
    routes: Mapping[str, Any] = celeryconfig.task_routes
    matching = (route for pattern, route in routes.items() if fnmatchcase(name, pattern))
    route = routes.get(name) or next(matching, celeryconfig.task_default_queue)
    return str(route if isinstance(route, str) else route["queue"])


# The queues of activities. That of the sweep carries only beat's ticks.
QUEUES = tuple(sorted({queue_of(name) for name in celeryconfig.task_routes if "." in name}))


def load_activities() -> Iterator[Sample]:
    """Yield the numbers of activities by queue."""
    at = now()
    names = load_distinct(ActivityRow.name, ActivityRow.state.in_(SWEPT))
    limits = {"limit": MAX_COUNT, "looked_at": MAX_LOOKED_AT}
    rows = db.session.execute(ACTIVITIES, {"names": names, "at": at, **limits}).all()
    due, running, oldest = Counter[str](), Counter[str](), dict[str, float]()
    for row in rows:
        queue = queue_of(row.name)
        due[queue] += min(row.number, MAX_COUNT)
        running[queue] += row.running
        age = (at - row.oldest).total_seconds() if row.oldest else 0.0
        oldest[queue] = max(age, oldest.get(queue, 0.0))
    queued, failed = _count_by_queue(QUEUED), _count_by_queue(FAILED)
    for queue in QUEUES:
        yield gauges.ACTIVITIES_DUE, (queue,), due[queue]
        yield gauges.ACTIVITIES_OLDEST, (queue,), oldest.get(queue, 0.0)
        yield gauges.ACTIVITIES_RUNNING, (queue,), running[queue]
        yield gauges.ACTIVITIES_QUEUED, (queue,), queued[queue]
        yield gauges.ACTIVITIES_FAILED, (queue,), failed[queue]
    giving_up = db.session.scalar(GIVING_UP, {"limit": MAX_COUNT})
    yield gauges.ACTIVITIES_GIVING_UP, (), giving_up or 0


def _count_by_queue(query: Any) -> Counter[str]:
    numbers = Counter[str]()
    for name, number in db.session.execute(query, {"limit": MAX_COUNT}):
        numbers[queue_of(name)] += number
    return numbers


def load_executions() -> Iterator[Sample]:
    """Yield the overdue deadlines of each machine, and the ages of what repeats."""
    at = now()
    timed = [machine for machine in MACHINES if machine.deadlines]
    queries = [_overdue(machine, at) for machine in timed]
    for name, number, oldest in db.session.execute(union_all(*queries)):
        yield gauges.DEADLINES_OVERDUE, (name,), number
        age = (at - oldest).total_seconds() if oldest else 0.0
        yield gauges.DEADLINES_OLDEST, (name,), age
    swept_at = db.session.scalar(select(Sweep.at))
    # A system that has never swept must not look well.
    age = (at - swept_at).total_seconds() if swept_at else inf
    yield gauges.SWEEP_AGE, (), max(age, 0)
    newest = select(Reconciliation.created_at).order_by(Reconciliation.id.desc()).limit(1)
    if (begun_at := db.session.scalar(newest)) is not None:
        yield gauges.RECONCILIATION_AGE, (), (at - begun_at).total_seconds()
    yield gauges.PAUSES, (), db.session.scalar(select(func.count()).select_from(Pause)) or 0


def _overdue(machine: Any, at: datetime) -> Select[Any]:
    row = machine.model
    states = [state for deadline in machine.deadlines for state in deadline.states]
    first = select(row.deadline_at).where(row.deadline_at < at, row.state.in_(states))
    first = first.order_by(row.deadline_at).limit(MAX_COUNT)
    overdue = first.subquery(f"overdue_{machine.name}")
    oldest = func.min(overdue.c.deadline_at)
    return select(literal(machine.name), func.count(), oldest).select_from(overdue)


def load_signals() -> Iterator[Sample]:
    """Yield the numbers of messages that are not applied."""
    rows = db.session.execute(SIGNALS, {"limit": MAX_COUNT})
    numbers = {(row.source, row.state): row.number for row in rows}
    for source in handling.handlers:
        for state in WAITING:
            number = numbers.get((source, state.value), 0)
            yield gauges.SIGNALS_WAITING, (source, state.value), number


def load_stuck() -> Iterator[Sample]:
    """Yield the number of executions that nothing will move."""
    stuck, _ = find_stuck(MACHINES, STUCK_LOOKED_AT)
    yield gauges.STUCK, (), len(stuck)
