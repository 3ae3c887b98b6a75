"""Export of one user's personal data, and its tables: what each model declares as `personal`."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    Text,
    cast,
    func,
    inspect,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from models.audit import AuditRow
from models.base import Base, db, mapped_tables
from models.durable.activity import ActivityRow
from models.durable.execution import Execution
from models.durable.signal import ERASED_PAYLOAD, SignalRow
from models.durable.transition import Transition
from models.personal import ERASED, Person, Personal

# The details of an audit row that are figures or names of ours.
KEPT_DETAILS = ("amount", "currency", "carrier", "role", "roles", "counts", "outcome")


def personal_tables() -> Iterator[tuple[type[Base], Personal]]:
    """Yield each table that holds personal data, with its declaration."""
    for table in mapped_tables():
        personal = ABOUT_EXECUTIONS.get(table, table.personal)
        if isinstance(personal, Personal):
            yield table, personal


def export(person: Person) -> dict[str, list[dict[str, Any]]]:
    """Return all data about a person: the rows of each table, by column.

    Money is integer minor units; times are in UTC. Secrets of ours are left out.
    """
    return {
        table.__tablename__: _export_rows(table, personal, person)
        for table, personal in personal_tables()
    }


def _export_rows(table: type[Base], personal: Personal, person: Person) -> list[dict[str, Any]]:
    mapper = inspect(table)
    columns = [c.key for c in mapper.column_attrs if c.key not in personal.hidden]
    query = select(table).where(personal.belongs_to(person)).order_by(*mapper.primary_key)
    rows = db.session.scalars(query).unique()
    return [{name: getattr(row, name) for name in columns} for row in rows]


Rows = Transition | ActivityRow | SignalRow


def _executions_of(person: Person) -> Any:
    """Return the query for the ids of everything about a person that a machine moves."""
    return union_all(
        *(
            select(table.id).where(table.personal.belongs_to(person))
            for table in mapped_tables()
            if issubclass(table, Execution) and isinstance(table.personal, Personal)
        )
    )


def _is_about_execution(row: type[Rows], person: Person) -> ColumnElement[bool]:
    return row.subject_id.in_(_executions_of(person))


def _is_audited(person: Person) -> ColumnElement[bool]:
    names = (str(person.user_id), person.email, person.pseudonym)
    ids = select(cast(_executions_of(person).subquery().c[0], String))
    return or_(AuditRow.actor.in_(names), AuditRow.subject.in_(names), AuditRow.subject.in_(ids))


def _kept_details(_: Person) -> Any:
    """Return the details of an audit row without the words that somebody typed."""
    detail = func.jsonb_each(AuditRow.details).table_valued("key", "value")
    details = func.jsonb_object_agg(detail.c.key, detail.c.value)
    return (
        select(func.coalesce(details, literal({}, JSONB)))
        .select_from(detail)
        .where(detail.c.key.in_(KEPT_DETAILS))
        .scalar_subquery()
    )


def _without_error(_: Person) -> Any:
    # NULL stays NULL. An activity that still has to tell its machine keeps the rest.
    path = cast(["error"], ARRAY(Text))
    return func.jsonb_set(ActivityRow.giving_up, path, literal(ERASED, JSONB))


# The tables about the executions of all nouns; each of the others declares its own.
ABOUT_EXECUTIONS: dict[type[Base], Personal] = {
    Transition: Personal(
        lambda person: _is_about_execution(Transition, person),
        erase={"reason": None, "actor": lambda person: person.replace(Transition.actor)},
        keeps=("machine", "signal", "source", "target", "cause", "traceparent"),
    ),
    ActivityRow: Personal(
        lambda person: _is_about_execution(ActivityRow, person),
        erase={"last_error": None, "giving_up": _without_error},
        keeps=("name", "machine", "payload", "provider_request_id", "traceparent"),
        hidden=("token", "secret"),
    ),
    SignalRow: Personal(
        lambda person: _is_about_execution(SignalRow, person),
        erase={"payload": ERASED_PAYLOAD, "last_error": None},
        keeps=("source", "external_id", "kind", "traceparent"),
    ),
    AuditRow: Personal(
        _is_audited,
        erase={
            "actor": lambda person: person.replace(AuditRow.actor),
            "subject": lambda person: person.replace(AuditRow.subject),
            "details": _kept_details,
        },
        keeps=("action",),
    ),
}
