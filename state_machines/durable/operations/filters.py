"""Filters of the lists of executions, each by an index or with a bound."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    and_,
    any_,
    cast,
    exists,
    false,
    func,
    or_,
    select,
    union_all,
)

from models.base import db
from models.clock import now
from models.durable.activity import SWEPT, ActivityRow, ActivityState
from models.ids import as_id, first_after
from models.keyset import MAX_SCANNED_ROWS
from state_machines.durable.activity import Activity
from state_machines.durable.base.states import is_in_state, state_of
from state_machines.durable.machine import DurableMachine

Machine = type[DurableMachine[Any]]
Subjects = Select[UUID]
ANY = "any"  # failed activity


@dataclass(frozen=True, slots=True)
class Filters:
    """The executions to list; None and empty values mean all.

    `older_than` is the time since the last change. `ids` are those found by another check, which
    may have missed some (`has_all_ids`). `text` is an id or a key, and `customers` the users that
    it names.
    """

    state: str | None = None
    key: str | None = None
    older_than: timedelta | None = None
    waiting_for: str | None = None
    failed_activity: str | None = None
    ids: Collection[UUID] | None = None
    has_all_ids: bool = True
    text: str | None = None
    customers: Collection[UUID] = ()

    @property
    def state_and_age(self) -> tuple[str, timedelta] | None:
        """The state and the age, when nothing else is asked for; otherwise None.

        Among many executions in a state there may be none, or very many, of an age: PostgreSQL
        cannot tell which.
        """
        others = (self.key, self.waiting_for, self.failed_activity, self.ids, self.text)
        if self.state is None or self.older_than is None:
            return None
        return (self.state, self.older_than) if all(each is None for each in others) else None


def conditions_of(machine: Machine, filters: Filters) -> list[ColumnElement[bool]]:
    """Return the conditions of a machine's executions that match."""
    row = machine.model
    conditions: list[ColumnElement[bool]] = []
    if filters.state is not None:
        conditions.append(state_of(machine) == filters.state)
    if filters.key is not None:
        conditions.append(_has_key(machine, filters.key))
    if filters.older_than is not None:
        limit = now() - filters.older_than
        # Ids sort by creation, which is not after the last change: they bound what is read.
        conditions += [row.updated_at < limit, row.id < first_after(limit)]
    if filters.waiting_for is not None:
        conditions.append(_is_subject(machine, filters.waiting_for, _waiting))
    if filters.failed_activity is not None:
        conditions.append(_is_subject(machine, filters.failed_activity, _failed))
    if filters.ids is not None:
        conditions.append(row.id.in_(filters.ids))
    if filters.text is not None:
        conditions.append(_matches(machine, filters.text, filters.customers))
    return conditions


def is_old(machine: Machine, state: str, age: timedelta) -> ColumnElement[bool]:
    """Return the condition of executions in a state that last changed `age` ago.

    Sorted by `key_of_state`, they are read by the index of states.
    """
    limit = now() - age
    is_unchanged = machine.model.updated_at < limit
    return and_(is_in_state(machine, state, first_after(limit)), is_unchanged)


def _has_key(machine: Machine, key: str) -> ColumnElement[bool]:
    """Return the condition that a row has this key, which may be its id."""
    column = getattr(machine.model, machine.display.key)
    if column is not machine.model.id:
        return cast(column == key, Boolean)
    execution_id = as_id(key)
    return false() if execution_id is None else cast(column == execution_id, Boolean)


def _matches(machine: Machine, text: str, customers: Collection[UUID]) -> ColumnElement[bool]:
    row, own = machine.model, machine.display.customer
    conditions = [_has_key(machine, text)] if _is_indexed(getattr(row, machine.display.key)) else []
    if (execution_id := as_id(text)) is not None:
        conditions.append(row.id == execution_id)
    if customers and hasattr(row, own) and _is_indexed(getattr(row, own)):
        conditions.append(getattr(row, own).in_(customers))
    other = machine.display.find(text) if machine.display.find is not None else None
    return or_(false(), *conditions, *([] if other is None else [other]))


def _is_indexed(attribute: Any) -> bool:
    """Return whether an index finds the rows with a value of this column."""
    column = attribute.property.columns[0]
    # An index of an expression has no column.
    begin = [next(iter(index.columns), None) for index in column.table.indexes]
    return bool(column.unique) or column.primary_key or any(each is column for each in begin)


def _is_subject(
    machine: Machine, name: str, find: Callable[[str], list[Subjects]]
) -> ColumnElement[bool]:
    """Return the condition that an execution has one of the activities that `find` finds."""
    activity = Activity.registry.get(name)
    # There may be very many, and none of another machine's.
    if activity is not None and activity.machine is not machine:
        return false()
    first = (query.limit(MAX_SCANNED_ROWS).subquery() for query in find(name))
    subjects = union_all(*(select(each.c.subject_id) for each in first)).scalar_subquery()
    # An array, and not IN: PostgreSQL might walk through all newer executions to the first of them.
    condition: ColumnElement[bool] = machine.model.id == any_(func.array(subjects))
    return condition


def _waiting(name: str) -> list[Subjects]:
    """Return the queries for the subjects of activities that are not over, one for each index.

    Those that are due first come first.
    """
    named = select(ActivityRow.subject_id).where(ActivityRow.name == name)
    states = (ActivityRow.state.in_(SWEPT), ActivityRow.state == ActivityState.QUEUED)
    return [named.where(state).order_by(ActivityRow.due_at) for state in states]


def _failed(name: str) -> list[Subjects]:
    """Return the query for the subjects of failed activities, the newest first.

    "any" means activities of every name.
    """
    subjects = select(ActivityRow.subject_id).where(ActivityRow.state == ActivityState.FAILED)
    if name != ANY:
        subjects = subjects.where(ActivityRow.name == name)
    return [subjects.order_by(ActivityRow.id.desc())]


def looks_at_all(filters: Filters) -> bool:
    """Return whether no execution can be missed: of very many activities, some are not read."""
    waiting = [] if filters.waiting_for is None else _waiting(filters.waiting_for)
    failed = [] if filters.failed_activity is None else _failed(filters.failed_activity)
    beyond = (query.offset(MAX_SCANNED_ROWS).limit(1) for query in (*waiting, *failed))
    return filters.has_all_ids and all(db.session.scalar(each) is None for each in beyond)


def has_activity(name: str) -> bool:
    """Return whether an activity of this name is open, or among the newest failed ones."""
    row = ActivityRow
    failed = select(row.name).where(row.state == ActivityState.FAILED).order_by(row.id.desc())
    newest = failed.limit(MAX_SCANNED_ROWS).subquery()
    is_present = or_(
        exists().where(row.name == name, row.state.in_(SWEPT)),
        exists().where(row.name == name, row.state == ActivityState.QUEUED),
        exists().where(newest.c.name == name),
    )
    return bool(db.session.scalar(select(is_present)))


def has_state(machine: Machine, state: str) -> bool:
    """Return whether an execution is in this state, which the machine may no longer have."""
    is_present = exists().where(state_of(machine) == state)
    return bool(db.session.scalar(select(is_present)))
