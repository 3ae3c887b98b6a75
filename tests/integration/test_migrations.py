"""Migrations of tables that hold data."""

from collections.abc import Iterator

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError, InternalError, ProgrammingError

from migrations.batches import update_in_batches
from models.base import db
from tests.support.migrated import empty_database, run

UUIDS, NUMBERS, AMOUNTS = "0002", "0003", "0007"
# By their ids alone, the products would come in another order than they were made in.
EARLIER = """
INSERT INTO users (id, email, username, first_name, last_name, address_line1, address_line2, city,
    state, postal_code, country, phone_number, status, roles, created_at, updated_at)
VALUES ('00000000-0000-7000-8000-00000000000a', 'ann@example.com', 'ann', '', '', '', '', '', '',
    '', '', '', 'Active', '{}', now(), now());
INSERT INTO product (id, sku, name, description, category, tags, image_url, price, currency, stock,
    reserved, status, created_by, created_at, updated_at)
SELECT md5(sku)::uuid, sku, sku, '', '', '{}', '', 4900, 'usd', 10, 0, 'Available', users.id, at, at
FROM users, (VALUES ('desk', timestamptz '2026-01-01'), ('lamp', '2026-01-02'),
    ('mug', '2026-01-03')) AS made (sku, at);
INSERT INTO orders (id, version, state, user_id, reference_id, request_hash, currency, subtotal,
    shipping_cost, tax_amount, total, billing_address, shipping_address, created_at, updated_at)
SELECT '00000000-0000-7000-8000-00000000000b', 1, 'Pending', id, 'r', '', 'usd', 9800, 0, 0, 9800,
    '', '', now(), now() FROM users;
INSERT INTO order_item (order_id, line, product_id, name, quantity, price)
SELECT orders.id, line, md5(sku)::uuid, sku, 1, 4900
FROM orders, (VALUES (0, 'lamp'), (1, 'desk')) AS bought (line, sku);
INSERT INTO stock_move (order_id, product_id, stock, reserved, at)
SELECT order_id, product_id, 0, quantity, now() FROM order_item;
"""
MOVE = """
INSERT INTO stock_move (order_id, product_id, stock, reserved, at)
SELECT orders.id, product.id, 0, 1, now() FROM orders, product WHERE sku = 'lamp'
"""
NEW = """
INSERT INTO product (sku, name, description, category, tags, image_url, price, currency, stock,
    reserved, status, created_at, updated_at)
SELECT 'new', 'new', '', '', '{}', '', 100, 'usd', 0, 0, 'Available', now(), now() RETURNING id
"""
ITEMS = "SELECT product.sku FROM order_item JOIN product ON product.id = product_id ORDER BY line"
MOVES = "SELECT product.sku FROM stock_move JOIN product ON product.id = product_id ORDER BY 1"
SHELVES = "SELECT sku, reserved FROM product ORDER BY id"


@pytest.fixture
def other(flask_app: Flask) -> Iterator[Flask]:
    """Yield an application with its own empty database."""
    with empty_database("migrated") as app:
        yield app


def test_products_are_numbered_in_the_order_of_their_creation(other: Flask) -> None:
    upgrade(revision=UUIDS)
    run(EARLIER)
    upgrade(revision=NUMBERS)
    assert run("SELECT id, sku FROM product ORDER BY id") == [(1, "desk"), (2, "lamp"), (3, "mug")]
    assert run(ITEMS) == ["lamp", "desk"], "lines follow their products"
    assert run(MOVES) == ["desk", "lamp"]
    run(MOVE)
    assert run(SHELVES) == [("desk", 1), ("lamp", 2), ("mug", 0)], "moves are still added"
    with pytest.raises(IntegrityError, match="fk_order_item_product_id"):
        run("UPDATE order_item SET product_id = 99 WHERE line = 0")
    with pytest.raises(IntegrityError, match="fk_stock_move_product_id"):
        run("UPDATE stock_move SET product_id = 99")


def test_the_next_product_gets_the_next_number(other: Flask) -> None:
    upgrade(revision=UUIDS)
    run(EARLIER)
    upgrade(revision=NUMBERS)
    assert run(NEW) == [4]
    assert run("SELECT seqmax < 2::numeric ^ 53 FROM pg_sequence JOIN pg_class ON oid = seqrelid"
               " WHERE relname = 'product_id_seq'") == [True]  # fmt: skip


def test_a_downgrade_keeps_related_rows_together(other: Flask) -> None:
    upgrade(revision=UUIDS)
    run(EARLIER)
    upgrade(revision=NUMBERS)
    downgrade(revision=UUIDS)
    assert run("SELECT sku FROM product ORDER BY id") == ["desk", "lamp", "mug"]
    assert run(ITEMS) == ["lamp", "desk"]
    run(MOVE)
    assert run(SHELVES) == [("desk", 1), ("lamp", 2), ("mug", 0)]
    upgrade(revision=NUMBERS)
    assert run("SELECT id, sku FROM product ORDER BY id") == [(1, "desk"), (2, "lamp"), (3, "mug")]


def test_the_first_product_of_an_empty_shop_has_number_one(other: Flask) -> None:
    upgrade(revision=UUIDS)
    upgrade(revision=NUMBERS)
    assert run("SELECT nextval('product_id_seq')") == [1]
    downgrade(revision=UUIDS)
    upgrade(revision=NUMBERS)


NOTICE = """
INSERT INTO notice (id, order_id, {columns}kind, text, created_at)
VALUES ('{id}', {order}, {values}'{kind}', '', now())
"""
ORDER = "'00000000-0000-7000-8000-00000000000b'"


def put_notice(number: int, kind: str, *, order: str = ORDER, subject: str | None = None) -> None:
    run(
        NOTICE.format(
            id=f"00000000-0000-7000-8000-00000000010{number}",
            order=order,
            columns="subject, " if subject else "",
            values=f"'{subject}', " if subject else "",
            kind=kind,
        )
    )


def test_notices_keep_their_order_and_get_a_subject(other: Flask) -> None:
    upgrade(revision=UUIDS)
    run(EARLIER)
    upgrade(revision="0005")
    put_notice(1, "mispaid")
    upgrade(revision="0006")
    assert run("SELECT subject = order_id::text FROM notice") == [True]
    put_notice(2, "unmatched_payment", order="NULL", subject="pi_1")
    with pytest.raises(IntegrityError, match="uq_notice_open"):
        put_notice(3, "unmatched_payment", order="NULL", subject="pi_1")
    with pytest.raises(IntegrityError, match="ck_notice_kind"):
        put_notice(4, "nonsense", subject="pi_1")
    downgrade(revision="0005")
    assert run("SELECT kind FROM notice") == ["mispaid"]
    with pytest.raises(IntegrityError, match="uq_notice_open"):
        put_notice(5, "mispaid")


EARLIER_PRODUCTS = """
INSERT INTO product (sku, name, description, category, tags, image_url, price, currency, stock,
    reserved, status, created_at, updated_at)
SELECT currency, currency, '', '', '{}', '', price, currency, 0, 0, 'Available', now(), now()
FROM (VALUES ('KWD', 1250), ('ugx', 5000), ('isk', 50000), ('usd', 1250)) AS sold (currency, price)
"""
PRICES = "SELECT currency, price FROM product ORDER BY currency"
PAID = """
INSERT INTO payment (id, version, created_at, updated_at, state, order_id, amount, currency,
    captured, captured_currency)
SELECT gen_random_uuid(), 1, now(), now(), 'Success', id, total, currency, total, currency
FROM orders;
INSERT INTO refund (id, version, created_at, updated_at, state, order_id, origin, amount, currency)
SELECT gen_random_uuid(), 1, now(), now(), 'Succeeded', id, 'operator', 100, 'USD' FROM orders;
"""


def test_prices_are_converted_to_stripes_minor_units(other: Flask) -> None:
    upgrade(revision=NUMBERS)
    run(EARLIER_PRODUCTS)
    upgrade(revision=AMOUNTS)
    counted = [("isk", 50000), ("kwd", 12500), ("ugx", 500_000), ("usd", 1250)]
    assert run(PRICES) == counted, "12.5 dinars are 12500 thousandths"
    downgrade()
    assert run(PRICES) == [("isk", 50000), ("kwd", 1250), ("ugx", 5000), ("usd", 1250)]


def test_amounts_of_a_running_shop_are_kept(other: Flask) -> None:
    upgrade(revision=UUIDS)
    run(EARLIER)
    run(PAID)
    upgrade(revision=AMOUNTS)
    assert run("SELECT amount, captured, captured_currency FROM payment") == [(9800, 9800, "usd")]
    assert run("SELECT amount, currency FROM refund") == [(100, "usd")], "as Stripe writes it"
    run("UPDATE product SET price = 999999999999, currency = 'idr' WHERE sku = 'mug'")
    with pytest.raises(IntegrityError, match="ck_payment_captured"):
        run("UPDATE payment SET captured = -1")
    run("UPDATE product SET price = 1, currency = 'usd' WHERE sku = 'mug'")
    downgrade()
    run("UPDATE payment SET amount = 1")
    with pytest.raises(InternalError, match=r"payment\.amount differs from orders\.total"):
        upgrade(revision=AMOUNTS)
    run("UPDATE payment SET amount = 9800")
    upgrade(revision=AMOUNTS)
    assert run("SELECT price FROM product ORDER BY id") == [4900, 4900, 1]


def test_many_rows_are_changed_in_batches_and_an_interrupted_run_continues(
    other: Flask,
) -> None:
    def run(batch: int) -> int:
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection)
            with context.begin_transaction(), Operations.context(context):
                return update_in_batches(
                    "crate", "weight = 100 / (8 - id)", "weight IS NULL", batch=batch
                )

    with other.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("CREATE TABLE crate (id int PRIMARY KEY, weight int)"))
            connection.execute(text("INSERT INTO crate SELECT generate_series(1, 10)"))
        with pytest.raises(DataError):
            run(batch=3)
        with db.engine.begin() as connection:
            # The batches before the one that failed are there.
            assert connection.scalar(text("SELECT count(weight) FROM crate")) == 6
            connection.execute(text("DELETE FROM crate WHERE id = 8"))
        assert run(batch=3) == 3


STEP = """
INSERT INTO transition (subject_id, version, machine, signal, target, ignored, cause, at)
VALUES (gen_random_uuid(), {version}, 'order', 'place', 'Pending', false, 'process', now())
"""
FILE = "SELECT pg_relation_filenode('transition')"


def test_history_gets_the_version_of_its_machine_and_is_not_rewritten(other: Flask) -> None:
    upgrade(revision="0021")
    run(STEP.format(version=1))
    before = run(FILE)
    upgrade(revision="0022")
    assert run(FILE) == before
    # As a release does that runs beside this one and does not know the column.
    run(STEP.format(version=2))
    assert run("SELECT machine_version FROM transition") == [1, 1]
    with pytest.raises(ProgrammingError, match="history is append-only"):
        run("UPDATE transition SET machine_version = 2")
    downgrade(revision="0021")
    assert run(FILE) == before
