"""Tests of commands about emails, sign-ins and machines, and of their audit rows."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from models import (
    ActivityRow,
    ActivityState,
    AuditRow,
    LoginFailure,
    Product,
    reading,
    transaction,
)
from models.clock import now
from models.login import Way
from state_machines.durable import inbox
from state_machines.login import LoginMachine, LoginSignal
from tests.support.commands import flask, read
from tests.support.web import Person, code_of, deliver_email_events
from web.commands.auditing import operator_name


def audit() -> list[tuple[str, str | None]]:
    """Return the audited actions and subjects, all of this operator."""
    with transaction() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
    assert {row.actor for row in rows} <= {operator_name()}
    return [(row.action, row.subject) for row in rows]


def unsent(login_id: str) -> None:
    with transaction():
        login = LoginMachine.lock([UUID(login_id)])[UUID(login_id)]
        LoginMachine.send(login, LoginSignal.GAVE_UP)


@pytest.mark.parametrize("kind", ["bounce", "dropped"])
def test_an_undelivered_email_has_a_notice(
    shop: Flask, ann: Person, lamp: Product, kind: str
) -> None:
    order_id = ann.order(lamp).get_json()["orderId"]
    about = {"orderId": order_id, "email": ann.user.email, "reason": "no such box"}
    for number in (1, 2):
        event = {"sg_event_id": f"e{number}", "event": kind, **about}
        assert deliver_email_events(ann.client, [event]).status_code == 200
    (notice,) = read(shop, "notices", "list", "--kind", "undelivered")
    assert notice["order_id"] == order_id
    assert notice["text"] == f"an email to {ann.user.email}, {kind}: no such box"

    assert flask(shop, "notices", "settle", notice["id"]).exit_code == 0
    assert read(shop, "notices", "list") == []
    (settled,) = read(shop, "notices", "list", "--all")
    assert settled["settled_at"] is not None
    again = flask(shop, "notices", "settle", notice["id"])
    assert (again.exit_code, "settled already" in again.stderr) == (1, True)
    unknown = flask(shop, "notices", "settle", str(uuid4()))
    assert (unknown.exit_code, "There is no notice" in unknown.stderr) == (1, True)
    assert audit() == [("notices settle", notice["id"])]


def test_a_bounce_about_an_unknown_order_is_unmatched(shop: Flask, ann: Person) -> None:
    event = {"sg_event_id": "e1", "event": "bounce", "orderId": str(uuid4())}
    assert deliver_email_events(ann.client, [event]).status_code == 200
    assert [row["kind"] for row in read(shop, "signals", "list", "--state", "unmatched")] == [
        "bounce"
    ]
    assert read(shop, "notices", "list", "--all") == []


def test_sign_ins_are_shown_and_codes_sent_again(shop: Flask, ann: Person) -> None:
    body = {"email": "Bea@example.com"}
    login_id = ann.client.post("/auth/login", json=body).get_json()["loginId"]
    code = code_of(login_id)
    unsent(login_id)
    (row,) = read(shop, "logins", "list", "--email", "BEA@example.com", "--state", "CodeUnsent")
    assert row["id"] == login_id
    assert read(shop, "logins", "list", "--state", "Locked") == []
    (whole,) = read(shop, "logins", "show", login_id)
    assert [step["signal"] for step in whole["history"]] == ["ask", "gave_up"]
    result = flask(shop, "logins", "show", login_id)
    assert result.exit_code == 0
    assert "emails.login_code" in result.output
    assert code not in result.output + json.dumps(whole), "nobody may read it"
    assert flask(shop, "logins", "show", str(uuid4())).exit_code == 1

    assert flask(shop, "logins", "resend", login_id).exit_code == 0
    assert flask(shop, "logins", "resend", str(uuid4())).exit_code == 1
    assert audit() == [("logins resend", login_id)]


def test_an_operator_resets_the_wrong_codes(shop: Flask, ann: Person) -> None:
    with transaction() as session:
        session.add(LoginFailure(email="bea@example.com", way=Way.BOUND, failures=39))
    again = "bea@example.com"
    assert flask(shop, "logins", "unlock", " Bea@EXAMPLE.com").exit_code == 0
    refused = flask(shop, "logins", "unlock", again)
    assert (refused.exit_code, "No wrong codes" in refused.stderr) == (1, True)
    body = {"email": again}
    login_id = ann.client.post("/auth/login", json=body).get_json()["loginId"]
    code = {"code": code_of(login_id), "loginId": login_id}
    assert ann.client.post("/auth/verify-code", json=body | code).status_code == 200
    assert audit() == [("logins unlock", again)]


def test_an_unknown_order_is_not_accepted(shop: Flask, ann: Person) -> None:
    for order in ("nothing", str(uuid4())):
        refused = flask(shop, "orders", "accept", order)
        assert refused.exit_code == 1
        assert refused.stderr.startswith("Error: ")
    assert audit() == []


def test_manual_changes_are_audited(shop: Flask, ann: Person, lamp: Product) -> None:
    ann.order(lamp)
    with transaction() as session:
        failed = update(ActivityRow).values(state=ActivityState.FAILED).returning(ActivityRow.id)
        activity_id = str(session.scalars(failed).one())
    assert flask(shop, "activities", "retry", activity_id).exit_code == 0
    assert flask(shop, "activities", "abandon", activity_id).exit_code == 1, "it is under way"
    with transaction() as session:
        session.execute(failed)
    assert flask(shop, "activities", "abandon", activity_id).exit_code == 0
    inbox.receive("stripe", "evt_1", "payment_intent.succeeded", {"data": {"object": 1}})
    (signal,) = read(shop, "signals", "list")
    assert flask(shop, "signals", "replay", signal["id"]).exit_code == 0
    assert flask(shop, "signals", "replay", str(uuid4())).exit_code == 1
    (begun,) = read(shop, "reconcile")
    assert flask(shop, "products", "seed").exit_code == 0
    assert audit() == [
        ("activities retry", activity_id),
        ("activities abandon", activity_id),
        ("signals replay", signal["id"]),
        ("reconcile", begun["id"]),
        ("products seed", "catalogue.json"),
    ]


def test_a_waiting_activity_runs_now(shop: Flask, ann: Person, lamp: Product) -> None:
    ann.order(lamp)
    tomorrow = now() + timedelta(days=1)
    with transaction() as session:
        postponed = update(ActivityRow).values(state=ActivityState.WAITING, due_at=tomorrow)
        activity_id = session.scalars(postponed.returning(ActivityRow.id)).one()
    done = flask(shop, "activities", "run-now", str(activity_id))
    assert (done.exit_code, done.stdout) == (
        0, f"payments.create_intent {activity_id} will run within a second\n",
    )  # fmt: skip
    with reading() as session:
        assert session.get_one(ActivityRow, activity_id).due_at <= now()
    with transaction() as session:
        session.execute(update(ActivityRow).values(state=ActivityState.FAILED))
    refused = flask(shop, "activities", "run-now", str(activity_id))
    assert refused.exit_code == 1
    assert refused.stderr == (
        f"Error: payments.create_intent {activity_id} is failed, not waiting\n"
    )
    assert audit() == [("activities run-now", str(activity_id))]


def test_a_failing_give_up_is_listed_and_can_be_abandoned(
    shop: Flask, ann: Person, lamp: Product
) -> None:
    ann.order(lamp)
    untold = {"error": "no such card", "permanent": True, "failures": 3}
    with transaction() as session:
        activity = update(ActivityRow).values(
            state=ActivityState.WAITING,
            giving_up=untold,
            last_error="give_up: KeyError: 'x'",
            secret=text("'no token'"),
        )
        activity_id = str(session.scalars(activity.returning(ActivityRow.id)).one())
    (row,) = read(shop, "activities", "list", "--giving-up")
    assert (row["id"], row["last_error"]) == (activity_id, "give_up: KeyError: 'x'")
    (shown,) = read(shop, "activities", "show", activity_id)
    assert shown["giving_up"] == untold
    stuck = flask(shop, "machines", "stuck")
    assert (stuck.exit_code, "payments.create_intent gave up" in stuck.output) == (1, True)

    assert flask(shop, "activities", "retry", activity_id).exit_code == 0
    assert read(shop, "activities", "list", "--giving-up") == []
    assert flask(shop, "machines", "stuck").exit_code == 0
    with transaction() as session:
        session.execute(activity)
    assert flask(shop, "activities", "abandon", activity_id).exit_code == 0
    (row,) = read(shop, "activities", "list", "--state", "abandoned")
    assert row["id"] == activity_id
    assert read(shop, "activities", "list", "--giving-up") == []
