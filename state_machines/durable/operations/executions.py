"""Lists of executions of every machine, for operators: keyset pages and bounded counts."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, cast, null, select

from models.base import db
from models.keyset import (
    MAX_COUNT,
    MAX_SCANNED_ROWS,
    Count,
    CursorError,
    KeysetPage,
    count_rows,
    decode_cursor,
    encode_cursor,
    load_page,
)
from state_machines.durable.base.states import key_of_state, state_of
from state_machines.durable.definition import StateKind
from state_machines.durable.machine import DurableMachine
from state_machines.durable.operations.filters import (
    Filters,
    conditions_of,
    is_old,
    looks_at_all,
)

Machine = type[DurableMachine[Any]]


class Order(StrEnum):
    """The order of a list. `changed` is by the last change, the newest first."""

    NEWEST = auto()
    OLDEST = auto()
    CHANGED = auto()


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
    names = ("updated_at", "id") if by_change else ("id",)
    if filters.state_and_age is not None and not by_change:
        names = ("state", "id")
        _refuse_cursor_of_another_state(cursor, filters.state)
    summaries: list[Summary] = []
    has_more = False
    for machine in machines:
        conditions = _conditions_of(machine, filters, by_change=by_change)
        columns = [_column(machine, name) for name in names]
        query = _select(machine).where(*conditions)
        page = load_page(query, columns, cursor, size, descending=descending)
        summaries += [Summary(machine, *values) for values in page.rows]
        has_more |= page.next is not None

    def place(summary: Summary) -> tuple[Any, ...]:
        return tuple(getattr(summary, name) for name in names)

    summaries.sort(key=place, reverse=descending)
    chosen = summaries[:size]
    has_more |= len(summaries) > size
    return KeysetPage(chosen, encode_cursor(place(chosen[-1])) if has_more else None)


def _refuse_cursor_of_another_state(cursor: str | None, state: str | None) -> None:
    """Raise CursorError for a cursor after which, or before which, there is no row of the state."""
    if cursor is not None and decode_cursor(cursor, [str, UUID])[0] != state:
        raise CursorError


def _conditions_of(
    machine: Machine, filters: Filters, *, by_change: bool
) -> list[ColumnElement[bool]]:
    """Return the conditions of a list, which PostgreSQL finds by an index in the list's order."""
    if filters.state_and_age is None:
        return conditions_of(machine, filters)
    if not by_change:
        return [is_old(machine, *filters.state_and_age)]
    # No index has both. Few are sorted; among many, the index of changes soon finds a page.
    ids = db.session.scalars(
        _select_old(machine, *filters.state_and_age, MAX_SCANNED_ROWS + 1)
    ).all()
    has_few = len(ids) <= MAX_SCANNED_ROWS
    return [machine.model.id.in_(ids)] if has_few else conditions_of(machine, filters)


def _column(machine: Machine, name: str) -> Any:
    return state_of(machine) if name == "state" else getattr(machine.model, name)


def count_list(
    machines: Collection[Machine], filters: Filters, page: KeysetPage, cursor: str | None
) -> Count:
    """Count the executions of a list, of which a page is loaded: a first page may be all of it.

    Counting stops at the limit.
    """
    if cursor is None and page.next is None:
        return Count(len(page.rows), looks_at_all(filters))
    number = 0
    for machine in machines:
        counted = count_rows(_select_ids(machine, filters))
        number += counted.number
        if not counted.is_exact:
            return Count(number, is_exact=False)
    return Count(number, looks_at_all(filters))


def _select_ids(machine: Machine, filters: Filters) -> Select[UUID]:
    if filters.state_and_age is None:
        return select(machine.model.id).where(*conditions_of(machine, filters))
    return select(_select_old(machine, *filters.state_and_age, MAX_COUNT + 1).subquery().c.id)


def _select_old(machine: Machine, state: str, age: timedelta, limit: int) -> Select[UUID]:
    """Return the query for the first ids of a state and an age."""
    ids = select(machine.model.id).where(is_old(machine, state, age))
    # The order selects the index: PostgreSQL might read the table from its begin instead.
    return ids.order_by(*key_of_state(machine)).limit(limit)


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
