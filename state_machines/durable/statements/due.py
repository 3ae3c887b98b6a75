"""Prepared queries that find what is due: a sweep of nothing costs little.

They read the first entry of an index each, however large the table is.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, Text, column, func, literal, select

from models.clock import now
from models.durable.activity import SWEPT, ActivityRow, ActivityState
from models.durable.signal import SignalRow, SignalState
from models.prepared import Prepared
from state_machines.durable.activity import Activity
from state_machines.durable.machine import DurableMachine

Machine = type[DurableMachine[Any]]
QUEUED = Prepared(
    lambda: select(func.min(ActivityRow.name)).where(ActivityRow.state == ActivityState.QUEUED)
)
SIGNALS = Prepared(
    lambda: select(func.min(SignalRow.due_at)).where(SignalRow.state == SignalState.STORED)
)


def machines_with_due_deadlines() -> list[Machine]:
    """Return the machines with a deadline that has passed."""
    return _find("deadline_at", (each for each in _registered() if each.deadlines))


def machines_with_due_polls() -> list[Machine]:
    """Return the machines with a poll that is due."""
    return _find("poll_at", (each for each in _registered() if each.poll))


def has_due_activities() -> bool:
    """Return whether an activity is queued or overdue."""
    return QUEUED.first() != (None,) or _is_due(overdue(tuple(Activity.registry)))


def has_due_signals() -> bool:
    """Return whether a stored signal is due."""
    return _is_due(SIGNALS)


def _is_due(query: Prepared) -> bool:
    (at,) = query.first() or (None,)
    return _has_passed(at)


def _has_passed(at: datetime | None) -> bool:
    return at is not None and at <= now()


def _registered() -> list[Machine]:
    return list(DurableMachine.registry.values())


def _find(timer: str, machines: Iterable[Machine]) -> list[Machine]:
    asked = tuple(machines)
    times = _earliest(timer, asked).first() or ()
    return [machine for machine, at in zip(asked, times, strict=True) if _has_passed(at)]


@cache
def _earliest(timer: str, machines: tuple[Machine, ...]) -> Prepared:
    """Return the query with a column for each machine."""
    columns = [getattr(machine.model, timer) for machine in machines]
    return Prepared(lambda: select(*(select(func.min(each)).scalar_subquery() for each in columns)))


@cache
def overdue(names: tuple[str, ...]) -> Prepared:
    """Return the query for the earliest time at which an activity of these names is due."""
    array = func.unnest(literal(list(names), ARRAY(Text)))
    name = array.table_valued(column("name", Text)).render_derived("names")
    of_name = (ActivityRow.name == name.c.name, ActivityRow.state.in_(SWEPT))
    first = select(func.min(ActivityRow.due_at)).where(*of_name).correlate(name).scalar_subquery()
    return Prepared(lambda: select(func.min(first)).select_from(name))
