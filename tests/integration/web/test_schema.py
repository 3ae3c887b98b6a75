"""The migrations, and what they protect."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models import Base, Product, db, transaction
from tests.integration.web.conftest import Person


def test_the_models_are_what_the_migrations_make(shop: Flask) -> None:
    def ours(_: object, name: str | None, kind: str, *__: object) -> bool:
        # The engine's tests bring a table of their own.
        return not (kind == "table" and str(name).startswith("test_"))

    with shop.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        differences = compare_metadata(context, Base.metadata)
    assert differences == []


def test_a_schema_of_other_code_is_not_ready(ann: Person) -> None:
    def set_revision(revision: str | None) -> str | None:
        with transaction() as session:
            before: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
            session.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
        return before

    ours = set_revision("unknown")
    try:
        answer = ann.client.get("/ready")
    finally:
        set_revision(ours)
    assert (answer.status_code, answer.get_json()["postgresql"]) == (503, "not migrated")
    assert ann.client.get("/ready").status_code == 200


@pytest.mark.parametrize(
    "statement",
    ["UPDATE transition SET reason = 'x'", "DELETE FROM transition", "TRUNCATE transition"],
)
def test_history_is_final(ann: Person, lamp: Product, statement: str) -> None:
    ann.order(lamp)
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(text(statement))
    with transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM transition")) == 2


def test_only_retention_takes_history_away(ann: Person, lamp: Product) -> None:
    ann.order(lamp)
    with transaction() as session:
        session.execute(text("SET LOCAL projectx.retention = 'on'"))
        session.execute(text("DELETE FROM transition"))
    with transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM transition")) == 0
