"""Tests of prepared queries: they see the changes of their transaction, or run outside of one."""

from flask import Flask
from sqlalchemy import func, select, text

from models import Product, reading, transaction
from models.prepared import Prepared, parameter
from tests.support.factories import a_product

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
