"""The stuck executions for a list: found in bounded time, the oldest of each state first."""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from models.base import db
from models.clock import now
from models.durable.activity import NOT_OVER, SWEPT, ActivityRow
from models.keyset import count_rows, load_distinct
from state_machines.durable.inspection import MAX_UNCLAIMED_AGE, unscheduled
from state_machines.durable.operations.executions import Machine
from state_machines.durable.states import moved_by_system

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
            in_state = select(row.id).where(row.state == state)
            oldest = in_state.order_by(row.id).limit(limit)
            stuck.update(db.session.scalars(select(row.id).where(row.id.in_(oldest), *conditions)))
            is_complete &= count_rows(in_state, limit).is_exact
    for subjects in _subjects(machines):
        ids = db.session.scalars(subjects.limit(limit)).all()
        stuck.update(ids)
        is_complete &= len(ids) < limit
    return stuck, is_complete


def _suspects(machine: Machine) -> Iterator[tuple[str, list[ColumnElement[bool]]]]:
    """Yield the states in which rows may be stuck, each with the conditions that they are."""
    for state in moved_by_system(machine):
        yield state, unscheduled(machine)
    for awaiting, condition in machine.awaited.items():
        yield awaiting, [~condition]


def _subjects(machines: Collection[Machine]) -> Iterator[Select[Any]]:
    """Yield the queries for executions that do not know of an end, or whose calls nobody makes."""
    row = ActivityRow
    subjects = select(row.subject_id).where(row.machine.in_([each.name for each in machines]))
    untold = subjects.where(row.state.in_(NOT_OVER), row.giving_up.is_not(None))
    yield untold.order_by(row.id)
    for name in load_distinct(row.name, row.state.in_(SWEPT)):
        overdue = row.state.in_(SWEPT) & (row.due_at < now() - MAX_UNCLAIMED_AGE)
        yield subjects.where(row.name == name, overdue).order_by(row.due_at)
