"""Tests of commands that check the machines, also with rows in states of an older version."""

import json
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from models import transaction
from tests.support.commands import flask, read

CHECK = "ck_login_state"


@pytest.fixture
def left(client: FlaskClient) -> Iterator[UUID]:
    """Return a sign-in in a state of an older version."""
    login_id = client.post("/auth/login", json={"email": "a@example.com"}).get_json()["loginId"]
    with transaction() as session:
        known = session.scalar(
            text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"),
            {"name": CHECK},
        )
        session.execute(text(f"ALTER TABLE login DROP CONSTRAINT {CHECK}"))
        session.execute(text("UPDATE login SET state = 'Dreaming'"))
    yield UUID(login_id)
    with transaction() as session:
        session.execute(text("TRUNCATE login CASCADE"))
        session.execute(text(f"ALTER TABLE login ADD CONSTRAINT {CHECK} {known}"))


def test_stranded_rows_are_reported_by_every_check(shop: Flask, left: UUID) -> None:
    counts = read(shop, "machines", "list")
    row = {
        "machine": "login",
        "version": 1,
        "state": "Dreaming",
        "executions": 1,
    }
    assert row in counts
    for look in ("stranded", "verify"):
        result = flask(shop, "machines", look, "--json")
        assert result.exit_code == 1
        assert [(row["machine"], row["id"]) for row in json.loads(result.stdout)] == [
            ("login", str(left))
        ]
    assert flask(shop, "machines", "stuck").exit_code == 0, "that is another question"


def test_the_exit_status_reports_that_nothing_is_stranded(shop: Flask, client: FlaskClient) -> None:
    client.post("/auth/login", json={"email": "a@example.com"})
    result = flask(shop, "machines", "stranded")
    assert (result.exit_code, result.output) == (
        0,
        "every row is in a state that its machine has\n",
    )
