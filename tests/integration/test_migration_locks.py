"""Migrations of large tables while the shop goes on: long locks, and interrupted builds."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import IntegrityError

from migrations.indexes import build_index
from models.base import db
from tests.support.last_release import LAST_RELEASE
from tests.support.migrated import empty_database, run
from tests.support.sandbox import eventually

TABLES = "SELECT relname FROM pg_stat_user_tables"
DEFINITION = "SELECT indexdef FROM pg_indexes WHERE indexname = :name"
INVALID = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"
ROW = """
INSERT INTO audit (id, at, actor, action, details)
VALUES (gen_random_uuid(), now(), 'ann', 'orders ship', '{}')
"""
# Longer than the test's lock_timeout.
WAITS = """
SELECT pid FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX%' AND wait_event_type = 'Lock'
AND datname = current_database() AND clock_timestamp() - query_start > interval '300 ms'
"""


@pytest.fixture
def other(flask_app: Flask) -> Iterator[Flask]:
    """Yield an application with its own empty database."""
    with empty_database("locked") as app:
        yield app


@contextmanager
def sent() -> Iterator[list[str]]:
    """Collect the statements that are sent inside."""
    statements: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        statements.append(" ".join(statement.split()))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def locks_long(statement: str, tables: list[str]) -> bool:
    """Return whether a statement holds up writes while it reads or builds all of a table."""
    if statement.startswith("DROP INDEX"):
        return "CONCURRENTLY" not in statement
    if built := re.match(r"CREATE (?:UNIQUE )?INDEX .*? ON (\w+)", statement):
        return built[1] in tables and "CONCURRENTLY" not in statement
    checked = re.match(r"ALTER TABLE (\w+) ADD CONSTRAINT", statement)
    return bool(checked and checked[1] in tables and "NOT VALID" not in statement)


def test_no_migration_since_the_last_release_holds_up_the_shop(other: Flask) -> None:
    upgrade(revision=LAST_RELEASE)
    tables = run(TABLES)
    with sent() as statements:
        upgrade()
        downgrade(revision=LAST_RELEASE)
    assert [each for each in statements if locks_long(each, tables)] == []
    assert len([each for each in statements if "CONCURRENTLY" in each]) > 10


def autocommit(statement: str) -> None:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))


def test_an_index_that_an_interrupted_build_left_is_built_again(other: Flask) -> None:
    upgrade(revision="0023")
    run(ROW)
    run(ROW)
    with pytest.raises(IntegrityError):
        autocommit("CREATE UNIQUE INDEX CONCURRENTLY ix_audit_actor_id ON audit (actor)")
    assert run(INVALID) == ["ix_audit_actor_id"]
    upgrade(revision="0024")
    assert run(INVALID) == []
    (definition,) = run(DEFINITION, name="ix_audit_actor_id")
    assert definition.endswith("USING btree (actor, id)")


def test_an_interrupted_replacement_of_an_index_continues(other: Flask) -> None:
    upgrade(revision="0022")
    run("DROP INDEX ix_activity_failed")
    run("CREATE INDEX ix_activity_failed_new ON activity (id) WHERE state = 'failed'")
    upgrade(revision="0023")
    assert run(DEFINITION, name="ix_activity_failed_new") == []
    (definition,) = run(DEFINITION, name="ix_activity_failed")
    assert "(id) WHERE" in definition


def test_a_build_waits_for_old_transactions_longer_than_lock_timeout(other: Flask) -> None:
    run("CREATE TABLE crate (id int PRIMARY KEY, weight int)")

    def build(connection: Connection) -> None:
        context = MigrationContext.configure(connection)
        with context.begin_transaction(), Operations.context(context):
            build_index("ix_crate_weight", "crate", ["weight"])

    with db.engine.connect() as old, db.engine.connect() as own, ThreadPoolExecutor(1) as pool:
        own.execute(text("SET lock_timeout = '100ms'"))
        own.commit()
        old.execute(text("INSERT INTO crate VALUES (1, 1)"))
        building = pool.submit(build, own)
        assert eventually(lambda: building.done() or run(WAITS))
        assert not building.done()
        old.rollback()
        building.result()
    assert run(INVALID) == []
    assert run(DEFINITION, name="ix_crate_weight") != []
