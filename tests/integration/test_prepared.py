"""Tests of prepared queries: they see the changes of their transaction, or run outside of one."""

import pytest
from flask import Flask
from sqlalchemy import exc, func, literal_column, select, text

from config import settings
from models import Product, reading, transaction
from models.base import db
from models.prepared import MAX_STATEMENTS, Prepared, parameter
from tests.support.factories import a_product

in_a_session = pytest.mark.skipif(settings.database_pooler, reason="nothing is prepared")
COUNT = Prepared(lambda: select(func.count()).where(Product.name == parameter("name")))


def count(name: str) -> int:
    row = COUNT.first(name=name)
    assert row is not None
    return int(row[0])


def test_a_query_within_a_transaction_sees_its_changes(app: Flask) -> None:
    with transaction() as session:
        lamp = a_product(name="Lamp")
        lamp.name = "Floor lamp"
        assert COUNT.within(session, name="Floor lamp") == [(1,)]
        assert count("Floor lamp") == 0, "alone, it sees what is committed"
    assert count("Floor lamp") == 1


def test_a_connection_that_executed_a_query_alone_rolls_back_again(app: Flask) -> None:
    with reading() as session:
        connection = session.scalar(select(func.pg_backend_pid()))
    assert Prepared(lambda: select(func.pg_backend_pid())).first() == (connection,)
    with reading() as session:
        assert session.scalar(select(func.pg_backend_pid())) == connection
        session.execute(text("CREATE TABLE left_behind ()"))
    with reading() as session:
        assert session.scalar(select(func.to_regclass("left_behind"))) is None


def test_a_missing_parameter_is_null(app: Flask) -> None:
    with transaction():
        a_product(name="Lamp")
    assert COUNT.first() == (0,)


def statements() -> list[str]:
    """Return the queries that PostgreSQL knows in the connection of this thread."""
    with reading() as session:
        return list(session.scalars(text("SELECT statement FROM pg_prepared_statements")))


def number(value: int) -> Prepared:
    return Prepared(lambda: select(literal_column(str(value))))


@in_a_session
def test_a_connection_plans_a_query_once(app: Flask) -> None:
    db.engine.dispose()
    with transaction() as session:
        assert [COUNT.within(session, name="Lamp") for _ in range(2)] == [[(0,)]] * 2
    assert [count("Lamp") for _ in range(2)] == [0, 0]
    assert len(statements()) == 1


@in_a_session
def test_a_connection_keeps_few_plans(app: Flask) -> None:
    db.engine.dispose()
    for value in range(MAX_STATEMENTS + 2):
        assert number(value).first() == (value,)
    assert len(statements()) == 2


def test_a_query_that_failed_is_executed_again(app: Flask) -> None:
    quotient = Prepared(lambda: select(literal_column("12") / parameter("by")))
    with pytest.raises(exc.DataError):
        quotient.first(by=0)
    assert quotient.first(by=4) == (3,)


@in_a_session
def test_a_column_of_another_type_costs_one_failure(app: Flask) -> None:
    with transaction() as session:
        session.execute(text("CREATE TABLE changing AS SELECT 1 AS value"))
    try:
        value = Prepared(lambda: select(literal_column("value")).select_from(text("changing")))
        assert value.first() == (1,)
        with transaction() as session:
            session.execute(text("ALTER TABLE changing ALTER value TYPE text"))
        with pytest.raises(exc.OperationalError):
            value.first()
        assert value.first() == ("1",)
    finally:
        with transaction() as session:
            session.execute(text("DROP TABLE changing"))


@in_a_session
def test_a_query_that_a_pooler_has_discarded_is_planned_again(app: Flask) -> None:
    db.engine.dispose()
    assert count("Lamp") == 0
    with reading() as session:
        session.execute(text("DEALLOCATE ALL"))
    with pytest.raises(exc.OperationalError, match="does not exist"):
        count("Lamp")
    assert count("Lamp") == 0
