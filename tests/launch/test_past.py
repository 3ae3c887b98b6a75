"""The past of `make run SEED_DEMO=1`, in a small version: its books, stock and histories agree."""

import json
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import psycopg2
import pytest

from demo.past.calendar import Opening, plan
from demo.past.play import make_dice
from launch import development, ports
from launch.postgres import Postgres
from launch.unprivileged_user import temporary_folder
from sandbox.app import ROW_LOG_FILE
from sandbox.ledger import ledger
from sandbox.row_log import RowLog
from sandbox.store import Store
from tests.support import invariants, python
from web.commands.products import CATALOGUE

RESTOCKS = """
    SELECT subject AS sku, sum((details #>> '{stock,after}')::int
        - (details #>> '{stock,before}')::int)::int AS pieces
    FROM audit WHERE action = 'products stock' GROUP BY subject
"""
MISPAID = "SELECT order_id::text AS id FROM notice WHERE kind = 'mispaid'"
STATES = "SELECT DISTINCT state FROM orders"
FAILED_EMAILS = """
    SELECT name FROM activity WHERE state = 'failed' AND name LIKE 'emails.order_%%'
"""
KINDS = "SELECT DISTINCT kind FROM notice WHERE settled_at IS NULL"
ORDERS = """
    SELECT users.email, orders.state, orders.total, payment.state AS payment,
        (SELECT array_agg(name || ' x ' || quantity ORDER BY line)
            FROM order_item WHERE order_id = orders.id) AS items
    FROM orders JOIN users ON users.id = orders.user_id JOIN payment ON payment.order_id = orders.id
    ORDER BY orders.id
"""
UNSIGNED = """
    SELECT subject_id FROM transition
    WHERE machine = 'order' AND signal = 'cancel' AND actor IS NULL AND NOT ignored
"""
ROWS = """
    SELECT (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM users) AS users,
        (SELECT count(*) FROM transition) AS transitions, (SELECT count(*) FROM audit) AS audit
"""


@dataclass(frozen=True, slots=True)
class Past:
    """A shop with a past. `output` is what the command printed."""

    environment: dict[str, str]
    folder: Path
    output: str

    def python(self, *words: str, **variables: str) -> CompletedProcess[str]:
        return python.run("-m", *words, env=self.environment | variables)

    def make(self, days: int = 20, **variables: str) -> CompletedProcess[str]:
        options = ("--data", str(self.folder / "sandbox"), "--days", str(days), "--orders", "8")
        return self.python("demo.past", *options, **variables)

    def read(self, query: str) -> list[dict[str, Any]]:
        with closing(psycopg2.connect(self.environment["DATABASE_URL"])) as db:
            return invariants.read(db, query)


@pytest.fixture(scope="module")
def past() -> Iterator[Past]:
    """Yield a shop whose past was made once for all tests of this module."""
    with made_past(days=20) as made:
        yield made


@contextmanager
def made_past(days: int) -> Iterator[Past]:
    with temporary_folder() as folder, Postgres(folder / "postgres", durable=False) as postgres:
        (port,) = ports.free_ports(1)
        sandbox = f"http://127.0.0.1:{port}"
        secrets = development.load_secrets(folder) | development.SANDBOX
        own = {"DATABASE_URL": postgres.url, "PROJECTX_ENV_FILE": "", "PROVIDER_TIMEOUT": "60"}
        bases = {"STRIPE_API_BASE": sandbox, "SENDGRID_API_BASE": sandbox}
        made = Past(os.environ | secrets | own | bases, folder, "")
        prepared = made.python("launch.prepare")
        assert prepared.returncode == 0, prepared.stderr
        done = made.make(days)
        assert done.returncode == 0, done.stderr
        yield Past(made.environment, folder, done.stdout)


def test_every_kind_of_order_and_trouble_is_there(past: Past) -> None:
    states = {row["state"] for row in past.read(STATES)}
    assert states >= {"Pending", "Confirmed", "Delivered", "Cancelled", "Failed"}
    assert past.read(FAILED_EMAILS)
    kinds = {row["kind"] for row in past.read(KINDS)}
    assert kinds >= {"mispaid", "dispute", "refund_failed"}
    assert "admin@example.com" in past.output


def test_the_history_says_who_cancelled(past: Past) -> None:
    assert past.read(UNSIGNED) == []


def test_the_books_the_bank_and_the_stock_agree(past: Past) -> None:
    store = Store(RowLog(past.folder / "sandbox" / ROW_LOG_FILE))
    store.load()
    store.row_log.close()
    books = ledger(store)
    with closing(psycopg2.connect(past.environment["DATABASE_URL"])) as db:
        undecided = {row["id"] for row in invariants.read(db, MISPAID)}
        invariants.the_bank_agrees(db, books)
        invariants.nobody_pays_for_nothing(db, books, invariants.decided(db) | undecided)
        invariants.refunds_fit(db)
        invariants.paid_once(db)
        invariants.the_last_reconciliation_has_ended(db)
        invariants.the_shelves_add_up(db, _stock_at_first(db))


@pytest.mark.parametrize("check", ["verify", "stuck", "stranded"])
def test_the_histories_are_sound(past: Past, check: str) -> None:
    done = past.python("flask", "--app", "wsgi", "machines", check)
    assert done.returncode == 0, done.stdout


def test_a_shop_with_orders_keeps_what_it_has(past: Past) -> None:
    before = past.read(ROWS)
    again = past.make()
    assert again.returncode == 0
    assert "SEED_DEMO changed nothing: this shop has orders" in again.stdout
    assert past.read(ROWS) == before


def test_only_the_sandbox_gets_made_up_orders(past: Past) -> None:
    refused = past.make(STRIPE_API_BASE="https://api.stripe.com")
    assert refused.returncode == 1
    assert "STRIPE_API_BASE is not the sandbox's" in refused.stderr


def test_the_same_seed_makes_the_same_orders() -> None:
    with made_past(days=3) as first, made_past(days=3) as second:
        orders = first.read(ORDERS)
        assert {order["state"] for order in orders} >= {"Pending", "Confirmed", "Cancelled"}
        assert second.read(ORDERS) == orders


@pytest.mark.parametrize("hour", [0, 7, 18])
def test_the_stories_do_not_depend_on_the_hour(hour: int) -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    end = noon.replace(hour=hour, minute=hour)
    assert _ages(end) == _ages(noon)


def _ages(end: datetime) -> list[tuple[timedelta, Opening]]:
    """Return the stories of a past that ends at `end`, and how long before it they begin."""
    stories = plan(make_dice(1, "calendar"), end, days=60, orders=130)
    return [(end - moment, opening) for moment, opening in stories]


def _stock_at_first(db: Any) -> dict[str, int]:
    """Return the stock of each product before any sale, with what the staff has added since."""
    products = invariants.read(db, "SELECT id::text, sku FROM product")
    added = {row["sku"]: row["pieces"] for row in invariants.read(db, RESTOCKS)}
    stock = {entry["sku"]: entry["stock"] for entry in json.loads(CATALOGUE.read_text())}
    return {row["id"]: stock[row["sku"]] + added.get(row["sku"], 0) for row in products}
