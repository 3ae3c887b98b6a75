"""Operators send a signal to many executions: one that the machine lists, by its action."""

import json
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from models import (
    AuditRow,
    Login,
    LoginState,
    Order,
    OrderState,
    Payment,
    Product,
    transaction,
)
from models.base import db
from models.clock import MovableClock
from state_machines.actions.selection import LOCKED
from state_machines.payment import PaymentSignal
from tests.support.commands import flask, read
from tests.support.depot import Depot
from tests.support.factories import a_dispute, a_login
from tests.support.parcel import Courier, ParcelMachine, ParcelState
from tests.support.web import Person, stripe_says
from web.commands.auditing import operator_name

COLLECT = ("machines", "signal", "test_parcel", "collect")
ANNOUNCED = ("--state", "Announced")


@pytest.fixture
def announced(depot: Depot, courier: Courier) -> list[UUID]:
    """Announce parcels, which then wait to be collected, and return their ids."""
    parcels = sorted(depot.pack("vase", "lamp", "bowl"))
    depot.run(*parcels)
    return parcels


def audit() -> list[AuditRow]:
    with transaction() as session:
        return list(session.scalars(select(AuditRow).order_by(AuditRow.id)))


def test_a_dry_run_counts_and_shows_and_changes_nothing(
    shop: Flask, depot: Depot, announced: list[UUID]
) -> None:
    counted = read(shop, *COLLECT, *ANNOUNCED, "--dry-run")
    assert (counted["executions"], counted["kinds"]) == (3, {"Announced": 3})
    assert [row["id"] for row in counted["examples"]] == [str(parcel) for parcel in announced]
    printed = flask(shop, *COLLECT, *ANNOUNCED, "--dry-run")
    assert printed.stdout.startswith("collect would be sent to 3\n")
    assert {depot.state(parcel) for parcel in announced} == {ParcelState.ANNOUNCED}
    assert audit() == []


def test_the_executions_move_and_each_is_in_the_audit(
    shop: Flask, depot: Depot, announced: list[UUID]
) -> None:
    done = flask(shop, *COLLECT, *ANNOUNCED, "--limit", "2", "--reason", "strike", "--yes")
    assert (done.exit_code, done.stdout) == (0, "2 signalled\n")
    assert [depot.state(parcel) for parcel in announced] == ["Collected", "Collected", "Announced"]
    last = depot.history(announced[0])[-1]
    assert (last.reason, last.actor) == ("strike", operator_name())
    assert last.cause == "command:machines signal"
    assert [row.subject for row in audit()] == [str(parcel) for parcel in announced[:2]]
    assert audit()[0].details == {
        "machine": "test_parcel", "signal": "collect", "state": "Announced", "reason": "strike",
    }  # fmt: skip
    assert flask(shop, *COLLECT, *ANNOUNCED, "--yes").stdout == "1 signalled\n", "and again"


def test_only_those_that_changed_long_ago(
    shop: Flask, depot: Depot, announced: list[UUID], time: MovableClock
) -> None:
    assert flask(shop, *COLLECT, *ANNOUNCED, "--older-than", "30m", "--yes").stdout.startswith("0 ")
    time.advance(hours=1)
    assert flask(shop, *COLLECT, *ANNOUNCED, "--older-than", "90m", "--yes").stdout.startswith("0 ")
    assert flask(shop, *COLLECT, *ANNOUNCED, "--older-than", "30m", "--yes").stdout.startswith("3 ")


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("order", "paid", "--state", "Pending"), 1, "may send: accept, cancel, deliver"),
        (("dispute", "win", "--state", "Lost"), 1, "may send: none"),
        (("parcel", "collect", "--state", "Packed"), 1, "There is no machine parcel"),
        (("test_parcel", "collect", "--state", "Lazy"), 2, "Lazy is none of Packed"),
        (("test_parcel", "collect"), 2, "--state"),
        ((*COLLECT[2:], *ANNOUNCED, "--older-than", "soon"), 2, "such as 15m"),
    ],
)
def test_a_signal_that_is_not_for_operators_or_a_wrong_word_is_refused(
    shop: Flask, database: object, words: tuple[str, ...], status: int, sentence: str
) -> None:
    refused = flask(shop, "machines", "signal", *words, "--yes")
    assert (refused.exit_code, sentence in refused.stderr) == (status, True)


@pytest.mark.parametrize("words", [(), ("--yes", "--dry-run")])
def test_it_is_either_tried_or_done(
    shop: Flask, depot: Depot, announced: list[UUID], words: tuple[str, ...]
) -> None:
    assert flask(shop, *COLLECT, *ANNOUNCED, *words).exit_code == 2
    assert {depot.state(parcel) for parcel in announced} == {ParcelState.ANNOUNCED}


def test_an_order_that_waits_for_its_payment_is_cancelled_at_stripe_first(
    shop: Flask, ann: Person, lamp: Product
) -> None:
    order_id = UUID(ann.order(lamp).get_json()["orderId"])
    done = flask(shop, "machines", "signal", "order", "cancel", "--state", "Pending", "--yes")
    assert (done.exit_code, done.stdout) == (0, "1 signalled\n")
    with transaction() as session:
        payment = session.scalars(select(Payment).where(Payment.order_id == order_id)).one()
        assert (payment.state, payment.order.state) == ("Cancelling", "Pending")


def test_an_order_that_is_being_cancelled_already_is_passed_over(
    shop: Flask, ann: Person, lamp: Product
) -> None:
    for _ in range(3):
        ann.order(lamp)
    words = ("machines", "signal", "order", "cancel", "--state", "Pending", "--yes")
    assert flask(shop, *words, "--limit", "2").stdout == "2 signalled\n"
    again = flask(shop, *words, "--limit", "2")
    assert (again.exit_code, again.stdout) == (0, "1 signalled, 2 unchanged\n")
    assert len(audit()) == 3


def test_a_locked_execution_is_refused_and_the_others_move(
    shop: Flask, depot: Depot, announced: list[UUID]
) -> None:
    row = ParcelMachine.model
    locked = select(row.id).where(row.id == announced[0])
    with shop.app_context(), db.engine.begin() as connection:
        connection.execute(locked.with_for_update())
        done = flask(shop, *COLLECT, *ANNOUNCED, "--yes", "--json")
    assert (done.exit_code, json.loads(done.stdout)["refused"]) == (
        1,
        [{"id": str(announced[0]), "why": LOCKED}],
    )
    assert [depot.state(parcel) for parcel in announced] == ["Announced", "Collected", "Collected"]


def test_an_execution_that_has_changed_since_it_was_selected_is_refused(
    shop: Flask, depot: Depot, announced: list[UUID], time: MovableClock
) -> None:
    time.advance(hours=1)

    def change_last(_session: object) -> None:
        row = ParcelMachine.model
        changed = update(row).where(row.id == announced[2]).values(updated_at=time())
        with db.engine.begin() as connection:
            connection.execute(changed)

    # The first commit is that of the first execution.
    event.listen(db.session, "after_commit", change_last, once=True)
    with shop.app_context():
        done = flask(shop, *COLLECT, *ANNOUNCED, "--older-than", "30m", "--yes")
    assert (done.exit_code, "It changed at" in done.stdout) == (1, True)
    states = [depot.state(parcel) for parcel in announced]
    assert states == ["Collected", "Collected", "Announced"]


def test_the_action_refuses_some_and_the_others_move(
    shop: Flask, ann: Person, lamp: Product
) -> None:
    orders = [UUID(ann.order(lamp).get_json()["orderId"]) for _ in range(2)]
    for order_id in orders:
        stripe_says(order_id, PaymentSignal.SUCCEEDED, "succeeded")
    disputed, free = orders
    with transaction() as session:
        a_dispute(order=session.get_one(Order, disputed))
    words = ("machines", "signal", "order", "cancel", "--state", "Confirmed", "--yes")
    done = flask(shop, *words, "--json")
    assert done.exit_code == 1
    result = json.loads(done.stdout)
    assert result["signalled"] == 1
    (refused,) = result["refused"]
    assert refused["id"] == str(disputed)
    assert "dispute" in refused["why"].lower()
    with transaction() as session:
        states = [session.get_one(Order, order_id).state for order_id in orders]
        assert states == [OrderState.CONFIRMED, OrderState.CANCELLED]
    assert [row.subject for row in audit()] == [str(free)]


def test_a_payment_is_closed_only_with_a_reason(shop: Flask, ann: Person, lamp: Product) -> None:
    ann.order(lamp)
    words = ("machines", "signal", "payment", "close", "--state", "Pending", "--yes")
    refused = flask(shop, *words)
    assert (refused.exit_code, "reason: is required" in refused.stdout) == (1, True)
    # As `payments close` checks.
    refused = flask(shop, *words, "--reason", "another account's")
    assert (refused.exit_code, "Stripe may know the intent" in refused.stdout) == (1, True)
    assert audit() == []


def test_logins_get_a_new_code(shop: Flask, ann: Person) -> None:
    with transaction():
        login_id = a_login(LoginState.CODE_UNSENT).id
    words = ("machines", "signal", "login", "resend", "--state", "CodeUnsent", "--yes")
    assert flask(shop, *words).exit_code == 0
    with transaction() as session:
        assert session.get_one(Login, login_id).state == LoginState.CODE_PENDING
