"""Operators' signals: which are possible, their previews, and running them.

A preview really runs the action, in a transaction that is rolled back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Table, or_, select, text

from models.base import Base, db
from models.secret import Secret
from state_machines.durable.definition import Arrow
from state_machines.durable.moves.savepoints import write_as_commit
from state_machines.durable.operations.actions import OperatorAction, actions_of
from state_machines.durable.operations.commands import OperationRefusedError
from state_machines.durable.operations.executions import Machine
from state_machines.durable.unit_of_work import unit_of_work

# A row that somebody holds for longer is refused.
MAX_LOCK_WAIT = text("SET LOCAL lock_timeout = '1s'")
Key = tuple[str, tuple[Any, ...]]
Rows = dict[Key, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Possible:
    """A signal that operators may send, with the reason for which it is refused now, if it is."""

    name: str
    target: str | None
    refusal: str | None
    action: OperatorAction | None
    is_raw: bool

    @property
    def role(self) -> str:
        """The least role that may send it."""
        if self.is_raw:
            return "admin"
        return self.action.role if self.action else "staff"


@dataclass(frozen=True, slots=True)
class Change:
    """A value before and after. An amount is in minor units of `currency`, if its row has one."""

    field: str
    before: Any
    after: Any
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """A row that an action writes; `kind` is insert, update or delete."""

    table: str
    id: str
    kind: str
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class Preview:
    """The result of an action that was rolled back: what it would write and schedule."""

    writes: list[Write]
    activities: list[str]
    state: str
    version: int


def list_signals(machine: Machine, state: str) -> list[Possible]:
    """List the signals of a machine: those of operators first, then the raw ones."""
    actions = actions_of(machine)
    plain = [s.value for s, action in machine.operator_signals.items() if action is None]
    others = {arrow.signal.value for arrow in machine.arrows if _is_usable(arrow)}
    names = [*actions, *plain, *sorted(others - {*actions, *plain})]
    return [_possible(machine, state, name, actions) for name in dict.fromkeys(names)]


def _possible(
    machine: Machine, state: str, name: str, actions: Mapping[str, OperatorAction]
) -> Possible:
    arrows = [arrow for arrow in machine.arrows if arrow.signal == name and _is_usable(arrow)]
    arrow = next((each for each in arrows if each.source == state), None)
    is_raw = name not in actions and not any(s.value == name for s in machine.operator_signals)
    refusal = None
    # An action without an arrow of its own, such as a refund, decides when it runs.
    if arrow is None and arrows:
        refusal = f"{machine.name} is {state}: no arrow for {name}"
    target = None if arrow is None else arrow.target.value
    return Possible(name, target, refusal, actions.get(name), is_raw)


def _is_usable(arrow: Arrow) -> bool:
    return arrow.source is not None and not arrow.retired


def find_signal(machine: Machine, name: str) -> Possible:
    """Return a signal of this name. Raises OperationRefusedError when there is none."""
    for possible in list_signals(machine, ""):
        if possible.name == name:
            return possible
    raise OperationRefusedError(f"The machine {machine.name} has no signal {name}")


def lock_row(machine: Machine, execution_id: UUID) -> Any:
    """Lock an execution. Raises OperationRefusedError when there is none."""
    db.session.execute(MAX_LOCK_WAIT)
    row = machine.lock([execution_id]).get(execution_id)
    if row is None:
        raise OperationRefusedError(f"There is no {machine.name} {execution_id}")
    return row


def run(
    machine: Machine, row: Any, name: str, fields: Mapping[str, str], reason: str | None
) -> None:
    """Run an action or send a signal to a locked row. Raises what refuses it."""
    possible = find_signal(machine, name)
    if possible.action is None:
        machine.send(row, _signal(machine, name), reason=reason)
    elif possible.action.fields:
        possible.action.run(row, reason, fields)
    else:
        possible.action.run(row, reason)


def _signal(machine: Machine, name: str) -> StrEnum:
    return next(arrow.signal for arrow in machine.arrows if arrow.signal == name)


def preview(
    machine: Machine, row: Any, name: str, fields: Mapping[str, str], reason: str | None
) -> Preview:
    """Run an action on a locked row, write everything, and return it; the caller rolls back.

    Deferred constraints and triggers run, too. Raises what refuses the action.
    """
    root_id = machine.root_id(row)
    table = (machine.parent or machine).model.__table__
    before = dict(_read_family(table, root_id))
    run(machine, row, name, fields, reason)
    write_as_commit()
    after = dict(_read_family(table, root_id))
    activities = [activity["name"] for activity in unit_of_work().written_activities]
    return Preview(list(_compare(before, after)), activities, row.state, row.version)


def _read_family(root: Table, root_id: UUID) -> Iterator[tuple[Key, dict[str, Any]]]:
    """Yield the root's row and those that refer to it, without their secrets."""
    for table in Base.metadata.sorted_tables:
        links = [
            column
            for column in table.columns
            if any(key.column is root.c.id for key in column.foreign_keys)
        ]
        if table is root:
            links = [root.c.id]
        if not links or table.info.get("is_log"):
            continue
        shown = [column for column in table.columns if not is_secret(table, column.name)]
        query = select(*shown).where(or_(*(link == root_id for link in links)))
        for row in db.session.execute(query).mappings():
            key = tuple(row[column.name] for column in table.primary_key.columns)
            yield (table.name, key), {column.name: row[column] for column in shown}


def is_secret(table: Table, name: str) -> bool:
    """Return whether a column has a secret, or means nothing outside."""
    hidden: set[str] = set()
    for mapper in Base.registry.mappers:
        if mapper.local_table is table:
            personal = getattr(mapper.class_, "personal", None)
            hidden |= set(getattr(personal, "hidden", ()))
    return name in hidden or isinstance(table.c[name].type, Secret)


def is_amount(column: Column[Any]) -> bool:
    """Return whether a column has amounts: bigints of minor units."""
    return isinstance(column.type, BigInteger) and not column.foreign_keys


def amount_currency(column: Column[Any], row: Mapping[str, Any]) -> str | None:
    """Return the currency of an amount in its row, or None if it has none or is no amount."""
    if not is_amount(column):
        return None
    # A bank may have captured another currency.
    currency: str | None = row.get(f"{column.name}_currency") or row.get("currency")
    return currency


def _compare(before: Rows, after: Rows) -> Iterator[Write]:
    """Yield the rows that differ."""
    for key in sorted({*before, *after}, key=str):
        earlier, later = before.get(key), after.get(key)
        if earlier == later:
            continue
        kind = "insert" if earlier is None else "delete" if later is None else "update"
        names = (earlier or {}) | (later or {})
        pairs = ((name, (earlier or {}).get(name), (later or {}).get(name)) for name in names)
        columns = Base.metadata.tables[key[0]].c
        changes = [
            Change(*pair, amount_currency(columns[pair[0]], later or earlier or {}))
            for pair in pairs
            if pair[1] != pair[2]
        ]
        yield Write(key[0], ",".join(map(str, key[1])), kind, changes)
