"""The migrations, and what they protect."""

from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from models import Base, Order, Product, clock, db, transaction
from state_machines import MACHINES
from tests.support.factories import a_dispute, a_payment, a_refund, an_order
from tests.support.web import Person


def test_the_migrations_create_the_schema_of_the_models(shop: Flask) -> None:
    def ours(_: object, name: str | None, kind: str, *__: object) -> bool:
        # The engine's tests bring a table of their own.
        return not (kind == "table" and str(name).startswith("test_"))

    with shop.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        differences = compare_metadata(context, Base.metadata)
    assert differences == []


TRIGGERS = """
SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE tgname = 'forget_history'
"""


def test_a_table_forgets_the_history_of_its_rows_just_where_they_expire(shop: Flask) -> None:
    expiring = {
        machine.model.__tablename__
        for machine in MACHINES
        if machine.model.expired(clock.now()) is not None
    }
    with shop.app_context(), transaction() as session:
        assert set(session.scalars(text(TRIGGERS))) == expiring


@pytest.mark.parametrize(
    ("revision", "status", "says"), [("0001", 503, "not migrated"), ("9999", 200, "newer schema")]
)
def test_an_older_schema_is_not_ready_and_a_newer_one_is(
    ann: Person, revision: str, status: int, says: str
) -> None:
    def set_revision(revision: str | None) -> str | None:
        with transaction() as session:
            before: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
            session.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
        return before

    ours = set_revision(revision)
    try:
        answer = ann.client.get("/ready")
    finally:
        set_revision(ours)
    report = answer.get_json()
    assert (answer.status_code, report["postgresql"]) == (status, says)
    assert f"PostgreSQL: {says}" in report["reasons"]
    assert ann.client.get("/ready").status_code == 200


@pytest.mark.parametrize(
    "statement",
    ["UPDATE transition SET reason = 'x'", "DELETE FROM transition", "TRUNCATE transition"],
)
def test_history_and_audit_cannot_be_changed(ann: Person, lamp: Product, statement: str) -> None:
    ann.order(lamp)
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(text(statement))
    with transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM transition")) == 2


def test_only_retention_deletes_history(ann: Person, lamp: Product) -> None:
    ann.order(lamp)
    with transaction() as session:
        session.execute(text("SET LOCAL projectx.retention = 'on'"))
        session.execute(text("DELETE FROM transition"))
    with transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM transition")) == 0


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE product SET price = -1", "ck_product_price"),
        ("UPDATE product SET currency = 'USD'", "ck_product_currency"),
        ("UPDATE orders SET subtotal = -1000, total = 0", "ck_orders_amounts"),
        ("UPDATE orders SET shipping_cost = -4900, total = 0", "ck_orders_amounts"),
        ("UPDATE orders SET tax_amount = -5900, total = 0", "ck_orders_amounts"),
        ("UPDATE orders SET currency = 'us'", "ck_orders_currency"),
        ("UPDATE order_item SET price = -1", "ck_order_item_price"),
        ("UPDATE payment SET amount = -1", "ck_payment_amount"),
        ("UPDATE payment SET captured = -1", "ck_payment_captured"),
        ("UPDATE payment SET currency = ''", "ck_payment_currency"),
        ("UPDATE payment SET captured_currency = 'eur '", "ck_payment_captured_currency"),
        ("UPDATE refund SET amount = 0", "ck_refund_amount"),
        ("UPDATE refund SET currency = 'u5d'", "ck_refund_currency"),
        ("UPDATE dispute SET amount = -1", "ck_dispute_amount"),
        ("UPDATE dispute SET currency = 'dollars'", "ck_dispute_currency"),
        ("UPDATE payment SET amount = 5901", "payment asks for the total"),
        ("UPDATE payment SET currency = 'eur'", "payment asks for the total"),
        ("UPDATE orders SET subtotal = 4901, total = 5901", "has a payment does not change"),
        ("UPDATE orders SET currency = 'eur'", "has a payment does not change"),
    ],
)
def test_impossible_amounts_are_refused_by_the_database(
    ann: Person, lamp: Product, statement: str, constraint: str
) -> None:
    placed = UUID(ann.order(lamp).get_json()["orderId"])
    with transaction() as session:
        order = session.get_one(Order, placed)
        a_refund(order=order)
        a_dispute(order=order)
    with pytest.raises(IntegrityError, match=constraint), transaction() as session:
        session.execute(text(statement))


def test_a_payment_of_another_amount_than_the_order_is_refused(ann: Person) -> None:
    with pytest.raises(IntegrityError, match="payment asks for the total"), transaction():
        a_payment(order=an_order(), amount=5901)


def test_moves_are_found_by_their_product(ann: Person, lamp: Product) -> None:
    with transaction() as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = session.scalars(
            text("EXPLAIN SELECT FROM stock_move WHERE product_id = :id"), {"id": lamp.id}
        ).all()
    assert any("ix_stock_move_product_id" in line for line in plan)
