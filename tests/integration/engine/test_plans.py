"""Tests of query plans: no frequent operation reads a whole table that grows.

The real code runs once, on tables with thousands of rows, and each of its statements is explained
at that moment. So a new statement of these operations is checked without being named here.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from bench.fill import Filler
from config import settings
from launch.stack import ROOT
from models import ActivityRow, ActivityState, Product, clock, retention, transaction
from models.base import db
from models.durable.activity import PUBLISHER_LEASE
from state_machines.actions import reconcile
from state_machines.durable import executor, sweep
from state_machines.durable.unit_of_work import Committed
from tests.support.database import truncate
from tests.support.factories import a_product
from tests.support.gauges import read_gauges
from tests.support.plans import Plans, explained
from tests.support.shards import Crossing, crossings
from tests.support.web import code_of, deliver
from web.application import create_app
from web.rate_limits import limiter

ORDERS, WAITING = 5000, 500
SCALE = ROOT / "docs/explanation/scale.md"
# A row of its table: the tables, the statement, and the shards.
CROSSING = re.compile(r"^\| `([a-z_ ]+)` \| `([A-Z ]+)` \| (all|of a list) \|", re.MULTILINE)
# The tables that orders alone do not fill.
OTHERS = """
INSERT INTO login (id, version, created_at, updated_at, state, email, code_id, code_hash,
        browser_hash, wrong_codes, unbound_codes)
    SELECT id, 1, created_at, updated_at, 'Succeeded', id || '@example.com', id, '', id::text, 0, 0
    FROM orders;
INSERT INTO login_failure (id, email, way, failures, failed_at)
    SELECT id, id || '@example.com', 'bound', 1, created_at FROM orders;
INSERT INTO user_session (id, user_id, generation, superseded_at, rotated_at, user_agent,
                          ip_address, created_at, expires_at, authenticated_at, methods)
    SELECT id, user_id, 1, '{}', created_at, '', '', created_at, created_at + interval '30 days',
        created_at, '{}'
    FROM orders;
INSERT INTO users (id, email, username, first_name, last_name, address_line1, address_line2, city,
        state, postal_code, country, phone_number, status, roles, created_at, updated_at)
    SELECT id, id::text, '', '', '', '', '', '', '', '', '', '', 'Active', '{}'::text[],
        created_at, created_at FROM orders;
INSERT INTO shipment (order_id, carrier, tracking_number, shipped_at)
    SELECT id, 'DHL', '', created_at FROM orders;
INSERT INTO notice (id, order_id, subject, kind, text, created_at)
    SELECT id, id, id::text, 'undelivered', '', created_at FROM orders;
INSERT INTO refund (id, version, created_at, updated_at, state, order_id, origin, amount, currency)
    SELECT id, 1, created_at, updated_at, 'Succeeded', id, 'operator', 1, currency FROM orders;
INSERT INTO dispute (id, version, created_at, updated_at, state, order_id, stripe_id, amount,
        currency, reason)
    SELECT id, 1, created_at, updated_at, 'Won', id, id::text, 1, currency, '' FROM orders;
INSERT INTO idempotency_key (id, owner, key, request_hash, outcome, created_at)
    SELECT id, id::text, 'k', '', '{}'::jsonb, created_at FROM orders;
INSERT INTO passkey_challenge (id, purpose, challenge, expires_at)
    SELECT id, 'sign_in', 'c', created_at FROM orders;
INSERT INTO audit (id, at, actor, action, subject, details)
    SELECT id, created_at, 'operator', 'orders ship', id::text, '{}'::jsonb FROM orders;
"""
# One of each for the sweep to find; waiting payments have nothing but a deadline.
DUE = """
UPDATE payment SET deadline_at = now() WHERE id =
    (SELECT id FROM payment WHERE deadline_at IS NOT NULL LIMIT 1);
UPDATE payment SET poll_at = now() WHERE id =
    (SELECT id FROM payment WHERE poll_at IS NOT NULL ORDER BY id DESC LIMIT 1);
UPDATE activity SET state = 'waiting', due_at = now() WHERE id =
    (SELECT id FROM activity WHERE name = 'payments.create_intent' LIMIT 1);
UPDATE signal SET state = 'stored', kind = 'refund.updated', due_at = now() WHERE id =
    (SELECT id FROM signal LIMIT 1);
"""


@pytest.fixture
def grown(app: Flask, committed: list[Committed]) -> Iterator[Product]:
    """Fill the tables with thousands of rows, and yield a product that can be bought."""
    truncate()
    with transaction():
        lamp = a_product()
    filler = Filler(settings.database_url)
    filler.insert_finished(0, ORDERS)
    list(filler.insert_waiting(WAITING))
    with transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(OTHERS))
    filler.settle()
    with transaction() as session:
        session.execute(text(DUE))
    filler.close()
    yield lamp
    truncate()


@pytest.fixture
def plans(grown: Product) -> Iterator[Plans]:
    with explained() as collected:
        yield collected


def trade(product: Product) -> None:
    """Do what a shop does: sell, sweep, reconcile and forget."""
    shop = create_app()
    with shop.app_context():
        limiter.reset()
    buy(shop.test_client(), product)
    for part in (
        sweep.fire_deadlines,
        sweep.schedule_polls,
        sweep.apply_signals,
        sweep.due_activities,
    ):
        assert part(), f"{part.__name__} found nothing"
    run_reconciliation()
    forget()


def test_no_frequent_operation_reads_a_whole_growing_table(plans: Plans, grown: Product) -> None:
    trade(grown)
    read_gauges()
    assert plans.whole == []
    touched = " ".join(plans.seen)
    for table in ("login", "user_session", "orders", "payment", "refund", "signal", "stock_move"):
        assert f" {table}" in touched, f"nothing was sent to {table}"


def test_the_page_about_scale_lists_what_would_cross_shards(plans: Plans, grown: Product) -> None:
    trade(grown)
    listed = {Crossing(*row) for row in CROSSING.findall(SCALE.read_text(encoding="utf-8"))}
    assert crossings(plans.seen) == listed


def buy(client: FlaskClient, product: Product) -> None:
    """Sign in, look, order, pay, look again, change one's mind."""
    login = client.post("/auth/login", json={"email": "ann@example.com"}).get_json()
    code = code_of(login["loginId"])
    work()
    signed_in = client.post(
        "/auth/verify-code", json={"email": "ann@example.com", "code": code}
    ).get_json()
    client.post("/auth/refresh")
    headers = {"Authorization": f"Bearer {signed_in['accessToken']}", "Prefer": "wait=0"}
    body = {
        "referenceId": uuid4().hex,
        "items": [{"productId": product.id, "quantity": 1}],
        "billingAddress": "1 Main St",
        "shippingAddress": "",
    }
    placed = client.post("/order", json=body, headers=headers).get_json()
    work()
    paths = [
        *("/product?size=20", "/product?q=lamp", "/auth/user", f"/auth/login/{login['loginId']}"),
        *(f"/order/status/{body['referenceId']}", f"/order/summary/{placed['orderId']}"),
        *("/order", f"/order/{body['referenceId']}/history"),
    ]
    assert deliver(client, success(placed["orderId"])).status_code == 200
    assert {path: client.get(path, headers=headers).status_code for path in paths} == dict.fromkeys(
        paths, 200
    )
    work()
    assert client.delete(f"/order/{body['referenceId']}", headers=headers).status_code < 300
    work()


def success(order_id: str) -> dict[str, Any]:
    intent = {
        "id": f"pi_{uuid4().hex}",
        "object": "payment_intent",
        "status": "succeeded",
        "amount_received": 5900,
        "currency": "usd",
        "metadata": {"orderId": order_id},
    }
    kind = {"object": "event", "type": "payment_intent.succeeded", "livemode": False}
    return {"id": f"evt_{uuid4().hex}", **kind, "data": {"object": intent}}


def work() -> None:
    """Run what is pending, as workers do."""
    pending = select(ActivityRow.name, ActivityRow.id).where(
        ActivityRow.state == ActivityState.PENDING,
        ActivityRow.due_at <= clock.now() + PUBLISHER_LEASE,
    )
    with db.engine.connect() as connection:
        due: list[tuple[str, UUID]] = [(name, key) for name, key in connection.execute(pending)]
    for name, key in due:
        executor.run(name, [key])


def run_reconciliation() -> None:
    with transaction():
        assert reconcile.start_when_due()
    for _ in range(3):
        work()


def forget() -> None:
    """Delete a few of the oldest rows: one batch is far less than a table."""
    oldest = timedelta(seconds=8.64 * (ORDERS - 100)) + timedelta(hours=1)
    with clock.stopped(clock.now() + timedelta(days=settings.retention_days) - oldest):
        deleted = retention.forget()
    assert deleted["activity"] > 0
    assert deleted["signal"] > 0
