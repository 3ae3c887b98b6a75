"""Publishing: the activities that workers may have now, under pauses, limits and priorities."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, column, func, literal, select, true, union_all, update
from sqlalchemy.dialects.postgresql import ARRAY

from models.base import db
from models.clock import now
from models.durable.activity import (
    IS_GIVING_UP,
    LATE_SINCE,
    PUBLISHER_LEASE,
    SWEPT,
    UNKNOWN_OUTCOMES,
    ActivityRow,
    ActivityState,
)
from state_machines.durable.activity import Activity, Priority
from state_machines.durable.operations import limits, pauses
from state_machines.durable.operations.commands import OperationRefusedError, refuse_giving_up

# Maximum pending activities of one name: new ones wait behind them.
MAX_PENDING = 500
AnyActivity = Activity[Any, Any, Any]


def publish_soon(activity_id: UUID) -> ActivityRow:
    """Make an activity due that waits for its next attempt or for its turn; the sweep publishes it.

    Raises OperationRefusedError unless it waits, and has a call to make.
    """
    row = db.session.get(ActivityRow, activity_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise OperationRefusedError(f"There is no activity {activity_id}")
    if row.state not in (ActivityState.WAITING, ActivityState.QUEUED):
        raise OperationRefusedError(f"{row.name} {activity_id} is {row.state}, not waiting")
    refuse_giving_up(row)
    # One that is due keeps its place before those that became due later.
    is_due = row.state == ActivityState.WAITING and row.due_at <= now()
    row.state, row.due_at = ActivityState.WAITING, row.due_at if is_due else now()
    return row


def take_due(allowance: int) -> list[tuple[str, UUID]]:
    """Make activities pending: the oldest overdue ones, and `allowance` queued ones of each name.

    Overdue means a lost message, a dead worker, or a retry. Left out are names that are paused,
    that this process does not know, or that have MAX_PENDING pending. Those of a provider with a
    limit share what it lets through in a second, interactive ones first. A pause does not stop
    activities that are giving up, since they make no call.
    """
    queries = list(_due(allowance))
    # PostgreSQL may run a plain subquery again for each row, and so take more than the limit.
    parts = [query.cte(f"part_{number}") for number, query in enumerate(queries)]
    rows = db.session.execute(
        update(ActivityRow)
        .where(ActivityRow.id.in_(union_all(*(select(part.c.id) for part in parts))))
        .values(
            state=ActivityState.PENDING,
            token=None,
            unknown_outcomes=UNKNOWN_OUTCOMES,
            due_at=now() + PUBLISHER_LEASE,
            late_since=LATE_SINCE,
        )
        .returning(ActivityRow.name, ActivityRow.id)
        .execution_options(synchronize_session=False)
    )
    taken = [(name, activity_id) for name, activity_id in rows]
    return sorted(taken, key=lambda row: Activity.registry[row[0]].priority != Priority.INTERACTIVE)


def _due(allowance: int) -> Iterator[Select[Any]]:
    """Yield the queries for queued activities, and for overdue ones with and without a limit."""
    limited, paused = limits.limited_providers(), pauses.paused_activities()
    known = list(Activity.registry.values())
    activities = [each for each in known if each.name not in paused]
    queued = ActivityRow.state == ActivityState.QUEUED
    yield _first_of_each(activities, allowance, ActivityRow.due_at.desc(), queued)
    unlimited = [each for each in activities if each.provider not in limited]
    yield _overdue(unlimited, MAX_PENDING)
    if paused:
        stopped = [each for each in known if each.name in paused]
        yield _overdue(stopped, MAX_PENDING, IS_GIVING_UP)
    for provider, number in limited.items():
        callers = [each for each in activities if each.provider == provider]
        yield _overdue(callers, number).limit(number)


def _overdue(activities: list[AnyActivity], number: int, *conditions: Any) -> Select[Any]:
    """Return the query for the `number` oldest overdue activities of each name."""
    overdue = (ActivityRow.state.in_(SWEPT), ActivityRow.due_at <= now(), *conditions)
    interactive = [each.name for each in activities if each.priority == Priority.INTERACTIVE]
    query = _first_of_each(activities, number, ActivityRow.due_at, *overdue)
    columns = query.selected_columns
    return query.order_by(columns.name.in_(interactive).desc(), columns.due_at)


def _first_of_each(
    activities: list[AnyActivity], number: int, order: Any, *conditions: Any
) -> Select[Any]:
    """Return the query for the first rows of each name, unless it has MAX_PENDING pending."""
    names = literal([activity.name for activity in activities], ARRAY(Text))
    name = func.unnest(names).table_valued(column("name", Text)).render_derived("names")
    rows = select(ActivityRow.id, ActivityRow.due_at).where(ActivityRow.name == name.c.name)
    first = rows.where(*conditions).order_by(order).limit(number)
    first_rows = first.with_for_update(skip_locked=True).lateral("first")
    pending = rows.where(
        ActivityRow.state == ActivityState.PENDING,
        # Pending rows are held for a lease; any number of waiting rows may lie beyond it.
        ActivityRow.due_at > now(),
        ActivityRow.due_at <= now() + PUBLISHER_LEASE,
    )
    is_crowded = pending.offset(MAX_PENDING - 1).limit(1).correlate(name).exists()
    columns = (first_rows.c.id, first_rows.c.due_at, name.c.name)
    return select(*columns).select_from(name.join(first_rows, true())).where(~is_crowded)
