"""The stuck executions for a list: found in bounded time, the oldest of each state first."""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from models.base import db
from models.clock import now
from models.durable.activity import NOT_OVER, SWEPT, ActivityRow
from models.keyset import load_distinct
from state_machines.durable.base.states import is_in_state, key_of_state, moved_by_system
from state_machines.durable.inspection import MAX_UNCLAIMED_AGE, unscheduled
from state_machines.durable.operations.executions import Machine

# The executions of a state, and the activities of a name, that are looked at.
MAX_LOOKED_AT = 5_000


def find_stuck(machines: Collection[Machine], limit: int = MAX_LOOKED_AT) -> tuple[set[UUID], bool]:
    """Return the ids of executions that nothing will move, and whether all were looked at.

    It looks for the same as `inspection.stuck`, at the oldest `limit` of each kind. Rows that
    are moved leave their state, so that those which are stuck become the oldest.
    """
    stuck: set[UUID] = set()
    is_complete = True
    for machine in machines:
        for state, conditions in _suspects(machine):
            row = machine.model
            in_state = _in_state(machine, state)
            oldest = in_state.limit(limit).subquery()
            # OFFSET 0 makes PostgreSQL check row by row: it may join whole tables otherwise.
            check = select(row.id).where(row.id == oldest.c.id, *conditions).offset(0).lateral()
            stuck.update(db.session.scalars(select(check.c.id).select_from(oldest, check)))
            is_complete &= db.session.scalar(in_state.offset(limit).limit(1)) is None
    names = {each.name for each in machines}
    for calls in _stalled_calls():
        rows = db.session.execute(calls.limit(limit)).all()
        stuck.update(subject_id for subject_id, name in rows if name in names)
        is_complete &= len(rows) < limit
    return stuck, is_complete


def _suspects(machine: Machine) -> Iterator[tuple[str, list[ColumnElement[bool]]]]:
    """Yield the states in which rows may be stuck, each with the conditions that they are."""
    for state in moved_by_system(machine):
        yield state, unscheduled(machine)
    for awaiting, condition in machine.awaited.items():
        yield awaiting, [~condition]


def _in_state(machine: Machine, state: str) -> Select[Any]:
    """Return the query for the ids in a state, the oldest first."""
    return (
        select(machine.model.id).where(is_in_state(machine, state)).order_by(*key_of_state(machine))
    )


def _stalled_calls() -> Iterator[Select[UUID, str]]:
    """Yield the queries for calls whose end is not recorded, or that nobody makes.

    They select the subject and its machine, which no index has: a condition on the machine would
    read more calls than a limit says.
    """
    row = ActivityRow
    calls = select(row.subject_id, row.machine)
    yield calls.where(row.state.in_(NOT_OVER), row.giving_up.is_not(None)).order_by(row.id)
    for name in load_distinct(row.name, row.state.in_(SWEPT)):
        long_ago, named = now() - MAX_UNCLAIMED_AGE, calls.where(row.name == name)
        overdue = row.state.in_(SWEPT) & (row.due_at < long_ago)
        yield named.where(overdue).order_by(row.due_at)
        # The sweep publishes only some hundreds again and again.
        published = row.state.in_(SWEPT) & row.is_published() & (row.late_since < long_ago)
        yield named.where(published).order_by(row.due_at)
