"""Every column that can hold a person's words is exported and erased, or names nobody."""

from typing import Any

import pytest
from sqlalchemy import ARRAY, JSON, Enum, LargeBinary, String, inspect

from models.base import Base, mapped_tables
from models.durable.execution import Execution
from models.personal import Personal
from models.personal_data import ABOUT_EXECUTIONS, personal_tables
from state_machines import MACHINES

PERSONAL = dict(personal_tables())
# `erase_history` finds a person's rows by the first of these columns that a table has.
OWNER_COLUMNS = {"email", "user_id", "order_id"}


def test_every_table_declares_its_personal_data_or_why_it_holds_none() -> None:
    undeclared = [
        table.__tablename__
        for table in mapped_tables()
        if not table.__tablename__.startswith("test_")
        and table not in ABOUT_EXECUTIONS
        and not table.personal
    ]
    assert MACHINES, "importing them maps every table"
    assert undeclared == []


@pytest.mark.parametrize("table", PERSONAL, ids=lambda table: table.__tablename__)
def test_every_column_with_words_is_erased_or_known_to_name_nobody(table: type[Base]) -> None:
    personal, mapper = PERSONAL[table], inspect(table)
    words = {
        attribute.key
        for attribute in mapper.column_attrs
        if _can_hold_words(attribute.columns[0].type)
    }
    if not personal.deleted:
        assert words - set(personal.erase) - set(personal.hidden) == set(personal.keeps)
    columns = {attribute.key for attribute in mapper.column_attrs}
    assert {*personal.erase, *personal.hidden, *personal.keeps} <= columns


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_a_machine_s_rows_about_a_person_are_found_by_the_database(machine: Any) -> None:
    table = machine.model
    assert issubclass(table, Execution)
    columns = {column.name for column in table.__table__.columns}
    assert isinstance(table.personal, Personal) == bool(columns & OWNER_COLUMNS)


def _can_hold_words(column_type: Any) -> bool:
    plain = getattr(column_type, "impl_instance", column_type)
    return isinstance(plain, (String, JSON, ARRAY, LargeBinary)) and not isinstance(plain, Enum)
