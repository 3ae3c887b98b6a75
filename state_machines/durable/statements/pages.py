"""Pages of executions as plain columns: one statement locks and reads them, another writes them.

Objects of the ORM would cost several times as much, and so would those of the parents, which are
locked without being read.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Text, select, update

from models.base import db
from models.many_rows import as_table
from state_machines.durable.machine import DurableMachine

Machine = type[DurableMachine[Any]]
KEYS = ("id", "created_at")
# Moves and timers change these. Only executions that are polled have the last one.
CHANGING = ("state", "version", "updated_at", "deadline_at", "poll_at")


@contextmanager
def locked_page(
    machine: Machine, condition: ColumnElement[bool], order: Any, limit: int
) -> Iterator[Sequence[Any]]:
    """Lock and yield the first executions under a condition, and write their changes at the end.

    Left out are those that another transaction holds, and those whose parent is in a state that
    only a newer release knows. Where a deadline writes more than its execution, they are objects of
    the ORM.
    """
    rows = _lock(machine, condition, order, limit)
    if _writes_others(machine):
        yield list(machine.lock(row.id for row in rows).values())
    else:
        machine.note_locked(rows)
        yield rows
        _write(machine, rows)


def _writes_others(machine: Machine) -> bool:
    signals = {deadline.send for deadline in machine.deadlines}
    arrows = [arrow for arrow in machine.arrows if arrow.signal in signals]
    return any(arrow.writes or arrow.parent_signal for arrow in arrows)


def _lock(machine: Machine, condition: Any, order: Any, limit: int) -> list[Any]:
    table, parent = machine.model.__table__, machine.parent
    names = [name for name in (*KEYS, *CHANGING, machine.parent_key) if name in table.c]
    query = select(*(table.c[name] for name in names)).where(condition).order_by(order).limit(limit)
    if parent is not None:
        query = query.join(parent.model, parent.model.id == table.c[machine.parent_key])
        query = query.where(parent.model.state.in_(list(parent.states)))
    # Of both tables: the row of the parent is the lock.
    rows = db.session.execute(query.with_for_update(key_share=True, skip_locked=True))
    return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in rows]


def _write(machine: Machine, rows: Sequence[Any]) -> None:
    if not rows:
        return
    table = machine.model.__table__
    types = {name: table.c[name].type for name in ("id", *CHANGING) if name in table.c}
    # PostgreSQL keeps the enum as text.
    types["state"] = Text()
    new = as_table([vars(row) for row in rows], types)
    changes = {name: new.c[name] for name in types if name != "id"}
    db.session.execute(update(table).where(table.c.id == new.c.id).values(changes))
