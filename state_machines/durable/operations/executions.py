"""Lists of executions of every machine, for operators: filters, keyset pages, bounded counts."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Text, cast, false, null, or_, select

from models.base import db
from models.clock import now
from models.durable.activity import SWEPT, ActivityRow, ActivityState
from models.ids import as_id
from models.keyset import Count, KeysetPage, count_rows, encode_cursor, load_page
from state_machines.durable.definition import StateKind
from state_machines.durable.machine import DurableMachine
from state_machines.durable.states import state_of

Machine = type[DurableMachine[Any]]


class Order(StrEnum):
    """The order of a list. `changed` is by the last change, the newest first."""

    NEWEST = auto()
    OLDEST = auto()
    CHANGED = auto()


@dataclass(frozen=True, slots=True)
class Filters:
    """The executions to list; None and empty values mean all.

    `older_than` is the time since the last change. `ids` are those found by another check. `text`
    is an id or a key, and `customers` the users that it names.
    """

    state: str | None = None
    key: str | None = None
    older_than: timedelta | None = None
    waiting_for: str | None = None
    failed_activity: str | None = None
    ids: Collection[UUID] | None = None
    text: str | None = None
    customers: Collection[UUID] = ()


class Summary(NamedTuple):
    """The columns that all machines share, and those that `Display` names.

    Read as columns, so that a row in a state that the code does not know is listed, too.
    """

    machine: Machine
    id: UUID
    state: str
    version: int
    created_at: datetime
    updated_at: datetime
    deadline_at: datetime | None
    poll_at: datetime | None
    key: str | None
    amount: int | None
    currency: str | None
    customer_id: UUID | None
    parent_id: UUID | None

    @property
    def kind(self) -> StateKind:
        return state_kind(self.machine, self.state)

    @property
    def parent(self) -> tuple[str, UUID] | None:
        """The machine and the id of the parent."""
        parent = self.machine.parent
        return None if parent is None or self.parent_id is None else (parent.name, self.parent_id)


def state_kind(machine: Machine, state: str) -> StateKind:
    """Return the meaning of a state: as declared, or as its arrows tell."""
    if state in machine.display.kinds:
        return machine.display.kinds[state]
    if state not in list(machine.states):
        return StateKind.WRONG
    if is_final(machine, state):
        return StateKind.DONE
    waits = state in machine.externally_driven or state in machine.awaited
    return StateKind.WAITING if waits else StateKind.UNDER_WAY


def is_final(machine: Machine, state: str) -> bool:
    """Return whether no arrow leaves a state."""
    usable = (arrow for arrow in machine.arrows if not arrow.retired)
    return not any(arrow.source == state and arrow.target != state for arrow in usable)


def load_list(
    machines: Collection[Machine], filters: Filters, order: Order, cursor: str | None, size: int
) -> KeysetPage:
    """Load a page of summaries of several machines. Raises CursorError."""
    descending, by_change = order != Order.OLDEST, order == Order.CHANGED
    summaries: list[Summary] = []
    has_more = False
    for machine in machines:
        row = machine.model
        columns = (row.updated_at, row.id) if by_change else (row.id,)
        query = _select(machine).where(*_conditions(machine, filters))
        page = load_page(query, columns, cursor, size, descending=descending)
        summaries += [Summary(machine, *values) for values in page.rows]
        has_more |= page.next is not None

    def place(summary: Summary) -> tuple[Any, ...]:
        return (summary.updated_at, summary.id) if by_change else (summary.id,)

    summaries.sort(key=place, reverse=descending)
    chosen = summaries[:size]
    has_more |= len(summaries) > size
    return KeysetPage(chosen, encode_cursor(place(chosen[-1])) if has_more else None)


def count(machines: Collection[Machine], filters: Filters) -> Count:
    """Count the executions of several machines, each up to the limit."""
    counts = [
        count_rows(select(machine.model.id).where(*_conditions(machine, filters)))
        for machine in machines
    ]
    return Count(sum(each.number for each in counts), all(each.is_exact for each in counts))


def load_summary(machine: Machine, execution_id: UUID) -> Summary | None:
    """Load the summary of one execution."""
    values = db.session.execute(_select(machine).where(machine.model.id == execution_id)).first()
    return None if values is None else Summary(machine, *values)


def load_children(machine: Machine, execution_id: UUID) -> list[Summary]:
    """Load the summaries of an execution's children, oldest first."""
    return [
        Summary(child, *values)
        for child in children_of(machine)
        for values in db.session.execute(
            _select(child)
            .where(getattr(child.model, child.parent_key) == execution_id)
            .order_by(child.model.id)
        )
    ]


def children_of(machine: Machine) -> Iterator[Machine]:
    """Yield the machines whose parent this one is."""
    for other in DurableMachine.registry.values():
        if other.parent is machine:
            yield other


def _select(machine: Machine) -> Any:
    row, display = machine.model, machine.display
    parent = getattr(row, machine.parent_key) if machine.parent else null()
    columns = {
        "id": row.id,
        "state": state_of(machine),
        "version": row.version,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "deadline_at": row.deadline_at,
        "poll_at": getattr(row, "poll_at", null()),
        "key": cast(getattr(row, display.key), Text),
        "amount": getattr(row, display.amount, null()),
        "currency": getattr(row, "currency", null()),
        "customer_id": _customer(machine),
        "parent_id": parent,
    }
    return select(*(column.label(f"shown_{name}") for name, column in columns.items()))


def _customer(machine: Machine) -> Any:
    """Return the column with the id of the customer: the row's own, or the parent's."""
    row = machine.model
    if hasattr(row, machine.display.customer):
        return getattr(row, machine.display.customer)
    if machine.parent is None or not hasattr(machine.parent.model, machine.display.customer):
        return null()
    above = machine.parent.model
    query = select(getattr(above, machine.display.customer))
    return query.where(above.id == getattr(row, machine.parent_key)).scalar_subquery()


def _conditions(machine: Machine, filters: Filters) -> list[ColumnElement[bool]]:
    row = machine.model
    conditions: list[ColumnElement[bool]] = []
    if filters.state is not None:
        conditions.append(state_of(machine) == filters.state)
    if filters.key is not None:
        conditions.append(_has_key(machine, filters.key))
    if filters.older_than is not None:
        conditions.append(row.updated_at < now() - filters.older_than)
    if filters.waiting_for is not None:
        conditions.append(row.id.in_(_waiting(filters.waiting_for)))
    if filters.failed_activity is not None:
        conditions.append(row.id.in_(_failed(filters.failed_activity)))
    if filters.ids is not None:
        conditions.append(row.id.in_(filters.ids))
    if filters.text is not None:
        conditions.append(_matches(machine, filters.text, filters.customers))
    return conditions


def _has_key(machine: Machine, key: str) -> ColumnElement[bool]:
    """Return the condition that a row has this key, which may be its id."""
    column = getattr(machine.model, machine.display.key)
    if column is not machine.model.id:
        return cast(column == key, Boolean)
    execution_id = as_id(key)
    return false() if execution_id is None else cast(column == execution_id, Boolean)


def _matches(machine: Machine, text: str, customers: Collection[UUID]) -> ColumnElement[bool]:
    row, own = machine.model, machine.display.customer
    conditions = [_has_key(machine, text)] if is_indexed(getattr(row, machine.display.key)) else []
    if (execution_id := as_id(text)) is not None:
        conditions.append(row.id == execution_id)
    if customers and hasattr(row, own) and is_indexed(getattr(row, own)):
        conditions.append(getattr(row, own).in_(customers))
    return or_(false(), *conditions)


def is_indexed(attribute: Any) -> bool:
    """Return whether an index finds the rows with a value of this column."""
    column = attribute.property.columns[0]
    begin = [next(iter(index.columns)) for index in column.table.indexes]
    return bool(column.unique) or column.primary_key or any(each is column for each in begin)


def _waiting(name: str) -> Any:
    """Return the query for the subjects of activities that are not over, by its two indexes."""
    subjects = select(ActivityRow.subject_id).where(ActivityRow.name == name)
    queued = subjects.where(ActivityRow.state == ActivityState.QUEUED)
    return subjects.where(ActivityRow.state.in_(SWEPT)).union_all(queued)


def _failed(name: str) -> Any:
    """Return the query for the subjects of failed activities; "any" means of every name."""
    subjects = select(ActivityRow.subject_id).where(ActivityRow.state == ActivityState.FAILED)
    return subjects if name == "any" else subjects.where(ActivityRow.name == name)
