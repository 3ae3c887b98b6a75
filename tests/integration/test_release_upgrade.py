"""The rows of the last release, and the code of today on them.

A later migration names here the columns that it renames or adds.
"""

import json
import logging
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, select

from models import ActivityRow, Order, SignalRow, User, UserSession, reading
from models.base import mapped_tables
from state_machines import MACHINES
from state_machines.durable import sweep
from state_machines.durable.inspection import stranded, stuck, verify
from tests.support.database import migrate
from tests.support.last_release import CODE, FAMILY, HOME, LAST_RELEASE, PAID, Row, insert_rows, key
from tests.support.migrated import empty_database, run

Tables = dict[str, list[Row]]

RENAMED_COLUMNS = {
    "activity": {"unanswered": "unknown_outcomes"},
    "payment": {"ask_at": "poll_at"},
    "refund": {"ask_at": "poll_at"},
}
# Activities that have ended keep their name.
RENAMED_ACTIVITIES = {"payments.ask": "payments.retrieve_intent", "refunds.look": "refunds.list"}
NEW_COLUMNS: dict[str, Row] = {
    "activity": {"traceparent": None, "late_since": None},
    "payment": {"method": "Stripe", "waits_for": None},
    "signal": {"traceparent": None},
    "transition": {"machine_version": 1, "traceparent": None},
}
ROWS = "SELECT to_jsonb(t) FROM {table} AS t"


class Upgrade(NamedTuple):
    """The tables as the last release left them, after the upgrade, and after a way back."""

    before: Tables
    after: Tables
    back: Tables


@pytest.fixture(scope="module")
def upgraded(flask_app: Flask) -> Iterator[Upgrade]:
    """Yield an upgrade of the rows above, in a database that has the newest schema."""
    with empty_database("upgraded") as app:
        upgrade(revision=LAST_RELEASE)
        insert_rows()
        before = load_tables()
        upgrade()
        after = load_tables()
        downgrade(revision=LAST_RELEASE)
        back = load_tables()
        # The tests' own machines are swept, too.
        migrate(app)
        yield Upgrade(before, after, back)


def load_tables() -> Tables:
    """Return the rows of each table, which are JSON objects."""
    tables = run("SELECT relname FROM pg_stat_user_tables WHERE relname <> 'alembic_version'")
    return {table: in_order(run(ROWS.format(table=table))) for table in tables}


def in_order(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


def as_today(table: str, row: Row) -> Row:
    """Return a row of the last release with today's columns and names."""
    names = RENAMED_COLUMNS.get(table, {})
    new = {names.get(column, column): value for column, value in row.items()}
    if table == "activity" and row["state"] not in ("done", "abandoned"):
        new["name"] = RENAMED_ACTIVITIES.get(row["name"], row["name"])
    return new | NEW_COLUMNS.get(table, {})


def test_every_table_has_a_row(upgraded: Upgrade) -> None:
    assert [table for table, rows in upgraded.before.items() if not rows] == []


def test_the_upgrade_loses_no_row_and_no_value(upgraded: Upgrade) -> None:
    for table, rows in upgraded.before.items():
        assert upgraded.after[table] == in_order([as_today(table, row) for row in rows]), table


def test_the_way_back_restores_the_rows_of_the_last_release(upgraded: Upgrade) -> None:
    assert upgraded.back == upgraded.before


def test_the_models_load_every_row(upgraded: Upgrade) -> None:
    for model in mapped_tables():
        with reading() as session:
            rows = session.scalars(select(model)).all()
            assert len(rows) == session.scalar(select(func.count()).select_from(model)), model
    with reading() as session:
        assert set(session.scalars(select(User.address_line1))) == {HOME}
        assert set(session.scalars(select(Order.billing_address))) == {HOME}
        assert PAID in session.scalars(select(SignalRow.payload)).all()
        assert FAMILY in session.scalars(select(UserSession.family_secret)).all()
        assert CODE in session.scalars(select(ActivityRow.secret)).all()


def test_histories_replay_and_a_sweep_goes_on(
    upgraded: Upgrade, caplog: pytest.LogCaptureFixture
) -> None:
    assert list_differences() == []
    (untold,) = [difference for machine in MACHINES for difference in stuck(machine)]
    assert untold.what == "does not know that refunds.list gave up: refused"
    with caplog.at_level(logging.WARNING):
        assert (sweep.fire_deadlines(), sweep.schedule_polls(), sweep.apply_signals()) == (2, 1, 1)
        names = {name for name, _ in sweep.due_activities()}
    assert caplog.messages == []
    assert {"payments.retrieve_intent", "refunds.list", "emails.order_confirmed"} <= names
    assert run("SELECT state FROM login WHERE id = :id", id=key(11)) == ["Expired"]
    applied = run(
        "SELECT subject_id::text FROM signal WHERE id = :id AND state = 'applied'", id=key(111)
    )
    assert applied == [key(20)], "an event of a payment is about its order"
    assert list_differences() == []


def list_differences() -> list[Any]:
    """Return the executions that their history does not lead to, or whose state is unknown."""
    checks = [(verify(machine), stranded(machine)) for machine in MACHINES]
    return [difference for pair in checks for part in pair for difference in part]
