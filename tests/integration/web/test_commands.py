"""The command line, for who operates the system."""

import json
import os
import re
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from click import Command, Group
from flask import Flask
from sqlalchemy import delete, func, select, text, update

from models import ActivityRow, ActivityState, AuditRow, Login, Order, Product, transaction
from state_machines.login import LoginMachine, LoginSignal
from tests.support import python
from tests.support.commands import flask, read
from tests.support.web import Person, code_of
from web.commands.groups import GROUPS


def commands(group: Command) -> Iterator[tuple[str, ...]]:
    """Yield the words that call a command, or each of its subcommands."""
    if isinstance(group, Group):
        for name in group.commands:
            yield (str(group.name), name)
    else:
        yield (str(group.name),)


def test_every_command_explains_itself(shop: Flask) -> None:
    for words in [words for group in GROUPS for words in commands(group)]:
        explained = flask(shop, *words, "--help")
        assert explained.exit_code == 0
        assert "Usage:" in explained.output
        assert "--json" in explained.output, words


@pytest.mark.slow
def test_a_command_reports_a_missing_database_in_a_sentence(app: Flask) -> None:
    command = ("-m", "flask", "--app", "wsgi:product", "products", "list")
    nowhere = os.environ | {"DATABASE_URL": "postgresql://shop:topsecret@127.0.0.1:1/shop"}
    done = python.run(*command, env=nowhere)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: PostgreSQL error: ")
    assert len(done.stderr.splitlines()) == 1
    assert "topsecret" not in done.stderr


def test_seeding_twice_keeps_what_the_shop_has_changed(shop: Flask, ann: Person) -> None:
    first = read(shop, "products", "seed")
    with transaction() as session:
        session.execute(delete(Product).where(Product.price > 10_000))
        session.execute(update(Product).values(stock=1, price=1, name="Ours"))
        kept = session.scalar(select(func.count(Product.id))) or 0
    # Each deployment and each `make run` seeds so.
    assert read(shop, "products", "seed", "--if-empty") == {"added": 0, "updated": 0}
    assert read(shop, "products", "seed") == {"added": first["added"] - kept, "updated": 0}
    with transaction() as session:
        ours = select(Product).where(Product.price == 1, Product.stock == 1, Product.name == "Ours")
        assert len(session.scalars(ours).all()) == kept


def test_an_update_by_the_seed_keeps_the_stock(shop: Flask, ann: Person) -> None:
    first = read(shop, "products", "seed")
    assert first["added"] > 20
    with transaction() as session:
        session.execute(update(Product).values(stock=1, price=1))
    again = ("products", "seed", "--update")
    assert read(shop, *again) == {"added": 0, "updated": first["added"]}
    with transaction() as session:
        products = session.scalars(select(Product)).all()
    assert {product.stock for product in products} == {1}
    assert all(product.price > 1 for product in products)
    times = {product.sku: product.updated_at for product in products}
    assert read(shop, *again) == {"added": 0, "updated": 0}, "all are as they were"
    with transaction() as session:
        products = session.scalars(select(Product)).all()
    assert {product.sku: product.updated_at for product in products} == times


def test_an_order_is_shown_with_all_its_parts(shop: Flask, ann: Person, lamp: Product) -> None:
    placed = ann.order(lamp).get_json()
    (order,) = read(shop, "orders", "show", placed["referenceId"])
    assert order["id"] == placed["orderId"]
    assert [step["signal"] for step in order["history"]] == ["place", "start"]
    assert [activity["name"] for activity in order["activities"]] == ["payments.create_intent"]
    assert "payments.create_intent" in flask(shop, "orders", "show", placed["orderId"]).output
    assert flask(shop, "orders", "show", "nothing").exit_code == 1


def test_the_versions_of_machines_are_shown_once_one_of_them_is_not_the_first(
    shop: Flask, ann: Person, lamp: Product
) -> None:
    reference = ann.order(lamp).get_json()["referenceId"]
    assert "machine_version" not in flask(shop, "orders", "show", reference).output
    with transaction() as session:
        session.execute(text("SET LOCAL projectx.retention = 'on'"))
        session.execute(text("UPDATE transition SET machine_version = 2 WHERE machine = 'order'"))
    assert "machine_version" in flask(shop, "orders", "show", reference).output
    (order,) = read(shop, "orders", "show", reference)
    assert [step["machine_version"] for step in order["history"]] == [2, 1]


def test_checks_of_the_machines_report_by_their_exit_status(
    shop: Flask, ann: Person, lamp: Product
) -> None:
    ann.order(lamp)
    counts = read(shop, "machines", "list")
    row = {"machine": "order", "version": 1, "state": "Pending", "executions": 1}
    assert row in counts
    assert flask(shop, "machines", "verify").exit_code == 0
    assert flask(shop, "machines", "stuck").exit_code == 0
    with transaction() as session:
        session.execute(update(Order).values(version=7))
    spoilt = flask(shop, "machines", "verify", "--json")
    assert spoilt.exit_code == 1
    assert json.loads(spoilt.stdout)[0]["machine"] == "order"


def test_machines_are_drawn_as_diagrams(shop: Flask) -> None:
    assert flask(shop, "machines", "diagram", "payment").output.startswith("stateDiagram-v2")
    assert flask(shop, "machines", "diagram", "nothing").exit_code == 1


@pytest.fixture
def given_up(ann: Person, lamp: Product) -> UUID:
    """Return an activity that gave up."""
    ann.order(lamp)
    with transaction() as session:
        session.execute(update(ActivityRow).values(state=ActivityState.FAILED, attempts=10))
        return session.scalars(select(ActivityRow.id)).one()


def state(activity_id: UUID) -> tuple[str, int]:
    with transaction() as session:
        row = session.get_one(ActivityRow, activity_id, populate_existing=True)
    return row.state, row.attempts


def test_a_failed_activity_is_retried(shop: Flask, given_up: UUID) -> None:
    assert [row["id"] for row in read(shop, "activities", "list", "--state", "failed")] == [
        str(given_up)
    ]
    assert flask(shop, "activities", "retry", str(given_up)).exit_code == 0
    assert state(given_up) == ("pending", 0)
    assert flask(shop, "activities", "retry", str(given_up)).exit_code == 1


def test_all_failed_activities_of_a_name_are_retried(shop: Flask, given_up: UUID) -> None:
    retry = ("activities", "retry")
    create = ("--name", "payments.create_intent")
    done = read(shop, *retry, *create, "--all")
    assert (done["name"], done["retried"], done["refused"]) == (create[1], 1, [])
    assert state(given_up) == ("pending", 0)
    nothing = flask(shop, *retry, *create, "--all")
    assert (nothing.exit_code, nothing.output) == (0, "0 payments.create_intent will run again\n")
    unknown = flask(shop, *retry, "--name", "payments.dream", "--all")
    assert unknown.exit_code == 1
    assert re.search(r"no activity called payments\.dream; there are .*login_code", unknown.stderr)
    for words in ((), create, ("--all",), (str(given_up), *create), (str(given_up), "--all")):
        assert flask(shop, *retry, *words).exit_code == 2, words
    with transaction() as session:
        audited = session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
    assert [(row.action, row.subject, row.details) for row in audited] == [
        (
            "activities retry",
            create[1],
            {"counts": {"retried": 1}, "filters": {"name": create[1]}},
        ),
    ]


def test_a_failed_activity_is_abandoned(shop: Flask, given_up: UUID) -> None:
    assert flask(shop, "activities", "abandon", str(given_up)).exit_code == 0
    assert state(given_up)[0] == "abandoned"
    assert flask(shop, "activities", "show", str(given_up)).exit_code == 0
    assert flask(shop, "activities", "show", str(uuid4())).exit_code == 1
    assert flask(shop, "activities", "show", "x").exit_code == 2


def test_a_code_is_sent_again(shop: Flask, ann: Person) -> None:
    body = {"email": "a@example.com"}
    login_id = ann.client.post("/auth/login", json=body).get_json()["loginId"]
    assert flask(shop, "logins", "resend", login_id).exit_code == 1, "it is not unsent"
    with transaction():
        login = LoginMachine.lock([UUID(login_id)])[UUID(login_id)]
        LoginMachine.send(login, LoginSignal.GAVE_UP)
    dead = code_of(login_id)
    resent = flask(shop, "logins", "resend", login_id)
    assert resent.exit_code == 0
    assert dead not in resent.output
    with transaction() as session:
        assert session.get_one(Login, UUID(login_id), populate_existing=True).state == "CodePending"
