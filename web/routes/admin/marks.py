"""Marks of executions: a poll of one that has not changed costs a single statement."""

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    TextClause,
    Uuid,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.dialects import postgresql

from models import (
    ActivityRow,
    AuditRow,
    Notice,
    Pause,
    ProviderLimit,
    Shipment,
    SignalRow,
    User,
    reading,
)
from models.base import db
from models.durable.activity import OVER
from state_machines.durable import DurableMachine
from state_machines.durable.operations.executions import Machine, children_of
from web.pagination import Mark

# Texts such as "in 42 s" and "for an hour" change with time alone. An answer lasts so many seconds
# at most: while an activity is under way, and otherwise.
MAX_BUSY_AGE, MAX_AGE = 10, 60


def load_mark(machine: Machine, execution_id: UUID) -> Mark:
    """Return a text that changes with any row that the page of an execution shows.

    Names and addresses of operators are the exception: they may be MAX_AGE old.
    """
    with reading():
        row = db.session.execute(_statement(machine.name), {"id": execution_id}).one()
    return Mark(row.mark or "", MAX_BUSY_AGE if row.is_busy else MAX_AGE)


def load_list_mark(machines: Sequence[Machine]) -> Mark:
    """Return a text that changes with the last change of the executions of machines.

    An index has the last change of each. Values that have no transition, such as a moved deadline,
    and changes that were committed in another order than they began may be MAX_BUSY_AGE old.
    """
    last = [select(func.max(each.model.updated_at)).scalar_subquery() for each in machines]
    changes = db.session.execute(select(*(each.label(f"at_{n}") for n, each in enumerate(last))))
    joined = " ".join(map(str, changes.one()))
    return Mark(hashlib.sha256(joined.encode()).hexdigest()[:32], MAX_BUSY_AGE)


@cache
def _statement(name: str) -> TextClause:
    """Return the statement as text: building and compiling it takes longer than its execution."""
    query = _query(DurableMachine.registry[name]).compile(
        dialect=postgresql.dialect(),  # type: ignore[no-untyped-call]
        compile_kwargs={"literal_binds": True},
    )
    return text(str(query)).bindparams(bindparam("id", type_=Uuid))


def _query(machine: Machine) -> Select[Any]:
    execution_id: Any = literal_column(":id", Uuid)
    root, root_id = machine, execution_id
    if machine.parent is not None:
        root = machine.parent
        parent = select(getattr(machine.model, machine.parent_key))
        root_id = parent.where(machine.model.id == execution_id).scalar_subquery()
    relatives = [(root.model, root.model.id == root_id)]
    relatives += [
        (child.model, getattr(child.model, child.parent_key) == root_id)
        for child in children_of(root)
    ]
    ids = [select(row.id).where(condition) for row, condition in relatives]
    family = union_all(*ids).cte("family")
    rows = [*relatives, *_belongings(root, root_id, select(family.c.id))]
    marks = union_all(*(_marks(row, condition) for row, condition in rows)).subquery("marks")
    # The order of the rows must not change the mark.
    separator: Any = postgresql.aggregate_order_by(literal_column("' '"), marks.c.mark)
    is_busy = select(ActivityRow.id).where(
        ActivityRow.subject_id.in_(select(family.c.id)), ActivityRow.state.not_in(OVER)
    )
    return select(
        func.md5(func.string_agg(marks.c.mark, separator)).label("mark"),
        is_busy.exists().label("is_busy"),
    )


def _belongings(
    root: Machine, root_id: Any, ids: Any
) -> Iterator[tuple[type[Any], ColumnElement[bool]]]:
    """Yield the tables beside the executions, each with the condition of a family's rows.

    A transition, also an ignored one, changes the version of its execution.
    """
    yield ActivityRow, ActivityRow.subject_id.in_(ids)
    yield SignalRow, SignalRow.subject_id.in_(ids)
    yield AuditRow, AuditRow.subject.in_(select(cast(ids.subquery().c.id, Text)))
    yield Shipment, Shipment.order_id == root_id
    yield Notice, Notice.order_id == root_id
    if hasattr(root.model, root.display.customer):
        customer = select(getattr(root.model, root.display.customer))
        yield User, User.id == customer.where(root.model.id == root_id).scalar_subquery()
    yield Pause, true()
    yield ProviderLimit, true()


def _marks(row: type[Any], condition: ColumnElement[bool]) -> Select[Any]:
    """Return the query for the transactions that have last written the rows, with their table."""
    table = row.__table__.name
    writer = cast(literal_column(f"{table}.xmin"), Text)
    mark: Any = (literal_column(f"'{table} '") + writer).label("mark")
    return select(mark).select_from(row).where(condition)
