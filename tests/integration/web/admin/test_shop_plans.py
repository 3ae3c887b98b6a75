"""The lists of the shop's part of the console read by an index, however large the tables are."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Select, select, text

from models import AuditRow, StockMove, User, UserStatus, reading, transaction
from models.audit import count_audit, ids_about, load_audit, matching_rows
from models.clock import now
from models.user import matching_users
from tests.support.database import truncate
from tests.support.plans import explained

NUMBER = 20_000


USERS = """
INSERT INTO users (id, email, username, first_name, last_name, address_line1, address_line2, city,
    state, postal_code, country, phone_number, status, roles, created_at, updated_at)
SELECT gen_random_uuid(), n || '@example.com', 'n', '', '', '', '', '', '', '', '', '', 'Active',
    '{}', now(), now()
FROM generate_series(1, :number) n
"""
# The ids are older than today, as those of most rows are.
AUDIT = """
INSERT INTO audit (id, at, actor, action, subject, details)
SELECT CAST('0195' || substr(md5(CAST(n AS text)), 1, 28) AS uuid), now(), 'a' || n % 1000,
    CASE WHEN n < 10 THEN 'orders refund' WHEN n % 3 > 0 THEN 'orders ship' ELSE 'users grant' END,
    's' || n % 1000, '{}'
FROM generate_series(1, :number) n
"""
MOVES = """
INSERT INTO stock_move (order_id, product_id, stock, reserved, at)
SELECT gen_random_uuid(), n % 50, 0, 0, now() FROM generate_series(1, :number) n
"""


@pytest.fixture
def crowd(client: FlaskClient) -> Iterator[None]:
    """Fill the tables with many rows, without their triggers."""
    with transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in (USERS, AUDIT, MOVES):
            session.execute(text(statement), {"number": NUMBER})
    with transaction() as session:
        session.execute(text("ANALYZE users, audit, stock_move"))
    yield
    truncate()


def plan_of(query: Select[Any]) -> str:
    with transaction() as session:
        compiled = query.compile(session.connection(), compile_kwargs={"literal_binds": True})
        return "\n".join(session.scalars(text(f"EXPLAIN {compiled}")))


@pytest.mark.usefixtures("crowd")
def test_no_list_reads_a_whole_table() -> None:
    def newest(row: Any, *conditions: Any) -> Select[Any]:
        return select(row.id).where(*conditions).order_by(row.id.desc()).limit(51)

    queries = {
        "users": newest(User),
        "users by role": newest(User, *matching_users(role="admin")),
        "users by status": newest(User, *matching_users(status=UserStatus.SUSPENDED)),
        "users by address": newest(User, User.email == "7@example.com"),
        "audit": newest(AuditRow),
        "audit by actor": newest(AuditRow, *matching_rows(actor="a7")),
        "audit by subject": newest(AuditRow, *matching_rows(subject="s7")),
        "audit about a user": ids_about(("a7", "s7"), 50),
        "audit since": newest(AuditRow, *matching_rows(since=now())),
        "moves": newest(StockMove, StockMove.product_id == 7, StockMove.id < 10**12),
    }
    plans = {name: plan_of(query) for name, query in queries.items()}
    assert {name: plan for name, plan in plans.items() if "Seq Scan" in plan} == {}
    assert "ix_stock_move_product_id_id" in plans["moves"]


@pytest.mark.usefixtures("crowd")
def test_the_audit_of_an_action_is_read_by_its_index() -> None:
    for action in ("orders", "orders refund", "users grant", "nothing"):
        with explained() as plans, reading():
            first = load_audit(None, 5, action=action)
            following = load_audit(first.next, 5, action=action) if first.next else first
            count_audit(action=action)
        assert plans.whole == [], action
        assert len(following.rows) == (0 if action == "nothing" else 4 if "refund" in action else 5)
        assert len(plans.seen) >= 3
