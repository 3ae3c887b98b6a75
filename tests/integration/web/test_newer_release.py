"""A row in a state of a newer release is 503 here, and a sentence on the command line."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from models import Product, transaction
from tests.support.commands import flask
from tests.support.web import Person

CHECK = "ck_orders_state"


@pytest.fixture
def reference(ann: Person, lamp: Product) -> Iterator[str]:
    """Place an order, and put it into a state that this release does not know."""
    placed = ann.order(lamp).get_json()
    with transaction() as session:
        known = session.scalar(
            text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"),
            {"name": CHECK},
        )
        session.execute(text(f"ALTER TABLE orders DROP CONSTRAINT {CHECK}"))
        session.execute(text("UPDATE orders SET state = 'Weighed'"))
    yield placed["referenceId"]
    with transaction() as session:
        session.execute(text("TRUNCATE orders CASCADE"))
        session.execute(text(f"ALTER TABLE orders ADD CONSTRAINT {CHECK} {known}"))


def test_its_reader_is_told_to_try_again(ann: Person, reference: str) -> None:
    for answer in (
        ann.get(f"/order/status/{reference}"),
        ann.get("/order"),
        ann.delete(f"/order/{reference}"),
    ):
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert "A newer version of this service" in answer.get_json()["detail"]
    with transaction() as session:
        assert session.scalar(text("SELECT state FROM orders")) == "Weighed"


def test_a_command_says_where_such_rows_are_listed(shop: Flask, reference: str) -> None:
    for words in (
        ("orders", "show", reference),
        ("orders", "list"),
        ("orders", "cancel", reference),
    ):
        refused = flask(shop, *words)
        assert (refused.exit_code, "see machines stranded" in refused.stderr) == (1, True)
    assert "Weighed is no state any more" in flask(shop, "machines", "stranded").output
