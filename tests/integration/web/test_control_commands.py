"""Operators pause and limit the calls to providers, and see what they have paused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from models import ActivityRow, ActivityState, AuditRow, Pause, ProviderLimit, transaction
from models.clock import MovableClock
from state_machines.durable.operations import pauses
from tests.support import python
from tests.support.commands import flask, read
from tests.support.depot import Depot
from tests.support.parcel import Announce, Courier, ParcelMachine, ParcelState

PAUSE = ("control", "pause", "--provider", "courier", "--reason", "the courier strikes")
RESUME = ("control", "resume", "--provider", "courier")


def audit() -> list[tuple[str, str | None, dict[str, object]]]:
    with transaction() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.id))
        return [(row.action, row.subject, row.details) for row in rows]


def test_what_is_paused_runs_when_it_is_resumed(
    shop: Flask, depot: Depot, courier: Courier
) -> None:
    (parcel,) = depot.pack("vase")
    key = str(depot.key(parcel))
    flask(shop, *PAUSE)
    later = "when it is resumed; it is paused: the courier strikes"
    for state, command in ((ActivityState.WAITING, "run-now"), (ActivityState.FAILED, "retry")):
        with transaction() as session:
            session.execute(update(ActivityRow).values(state=state))
        done = flask(shop, "activities", command, key)
        assert done.output == f"{Announce.name} {key} will run {later}\n"


def test_what_is_paused_is_listed_and_goes_on_after_its_resume(
    shop: Flask, client: FlaskClient, depot: Depot, courier: Courier
) -> None:
    (parcel_id,) = depot.pack("vase")
    assert flask(shop, *PAUSE).output == (
        "provider courier is paused: workers begin no more of its calls\n"
    )
    assert depot.run(parcel_id) == 0
    (row,) = read(shop, "control", "list")
    assert (row["control"], row["kind"], row["name"]) == ("pause", "provider", "courier")
    assert (row["reason"], row["waiting"]) == ("the courier strikes", 1)
    assert client.get("/ready").get_json()["paused"] == ["provider courier"]
    assert flask(shop, *RESUME).output == (
        "provider courier is resumed; 1 deadlines have their full interval again\n"
    )
    assert read(shop, "control", "list") == []
    assert client.get("/ready").get_json()["paused"] == []
    assert depot.run(parcel_id) == 1
    assert depot.state(parcel_id) == ParcelState.ANNOUNCED
    assert audit() == [
        ("control pause", "provider courier", {"reason": "the courier strikes"}),
        ("control resume", "provider courier", {"counts": {"deadlines": 1}}),
    ]


def test_activities_are_listed_with_their_priority_and_the_number_that_wait(
    shop: Flask, depot: Depot
) -> None:
    depot.pack("vase", "lamp")
    flask(shop, *PAUSE)
    rows = {row["name"]: row for row in read(shop, "control", "activities")}
    assert rows["test.announce"] == {
        "name": "test.announce",
        "queue": "depot",
        "provider": "courier",
        "priority": "background",
        "waiting": 2,
        "paused": "the courier strikes",
    }
    code = rows["emails.login_code"]
    assert (code["priority"], code["waiting"], code["paused"]) == ("interactive", 0, None)


def test_a_limit_is_listed_replaced_and_removed(shop: Flask, depot: Depot) -> None:
    set_limit = ("control", "limit", "--provider", "courier")
    both = flask(shop, *set_limit, "--per-second", "25", "--at-once", "10")
    assert both.output == "provider courier is limited\n"
    (row,) = read(shop, "control", "list")
    assert [row[name] for name in ("control", "per_second", "burst", "at_once")] == [
        "limit",
        25,
        5,
        10,
    ]
    assert flask(shop, *set_limit, "--at-once", "3").exit_code == 0
    (row,) = read(shop, "control", "list")
    assert (row["per_second"], row["at_once"]) == (None, 3)
    assert flask(shop, *set_limit, "--none").output == "provider courier has no limit\n"
    assert read(shop, "control", "list") == []
    assert [action for action, *_ in audit()] == ["control limit"] * 3


REFUSED = [
    (("pause", "--reason", "x"), 2, "give one of --activity, --queue and --provider"),
    (("pause", "--queue", "depot", "--activity", "test.announce", "--reason", "x"), 2, "give one"),
    (("pause", "--provider", "courier"), 2, "--reason"),
    (("pause", "--provider", "nobody", "--reason", "x"), 1, "There is no provider nobody; there"),
    (("resume", "--queue", "depot"), 1, "queue depot is not paused"),
    (("limit", "--provider", "courier"), 2, "give --per-second or --at-once"),
    (("limit", "--provider", "courier", "--at-once", "1", "--none"), 2, "or else --none"),
    (("limit", "--provider", "courier", "--per-second", "0"), 2, "--per-second"),
    (("limit", "--provider", "courier", "--per-second", "nan"), 2, "--per-second"),
    (("limit", "--provider", "courier", "--at-once", "0"), 2, "--at-once"),
    (("limit", "--provider", "courier", "--at-once", "1", "--burst", "2"), 2, "--burst needs"),
    (("limit", "--provider", "courier", "--none"), 1, "Provider courier has no limit"),
    (("limit", "--provider", "nobody", "--at-once", "1"), 1, "There is no provider nobody"),
]


@pytest.mark.parametrize(("words", "status", "message"), REFUSED)
def test_bad_input_is_refused_and_changes_nothing(
    shop: Flask, depot: Depot, words: tuple[str, ...], status: int, message: str
) -> None:
    refused = flask(shop, "control", *words)
    assert refused.exit_code == status
    assert message in refused.output
    with transaction() as session:
        assert session.scalars(select(Pause)).all() == []
        assert session.scalars(select(ProviderLimit)).all() == []
    assert audit() == []


@pytest.mark.slow
def test_a_process_of_its_own_knows_the_activities_of_the_shop(database: Flask) -> None:
    words = ("control", "pause", "--activity", "refunds.submit", "--reason", "stop refunds now")
    done = python.run("-m", "flask", "--app", "wsgi", *words)
    assert (done.returncode, done.stderr) == (0, "")
    with transaction() as session:
        assert session.scalars(select(Pause.name)).all() == ["refunds.submit"]


def test_a_resume_leaves_alone_an_execution_that_another_transaction_holds(
    shop: Flask, depot: Depot, time: MovableClock, flask_app: Flask
) -> None:
    free, held = depot.pack("vase", "lamp")
    flask(shop, *PAUSE)
    time.advance(minutes=30)
    before, is_held, may_end = depot.parcel(held).deadline_at, Event(), Event()

    def hold() -> None:
        with flask_app.app_context(), transaction():
            ParcelMachine.lock([held])
            is_held.set()
            may_end.wait(60)

    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(hold)
        assert is_held.wait(60)
        resumed = flask(shop, *RESUME)
        may_end.set()
        holder.result()
    assert resumed.exit_code == 0
    assert depot.parcel(free).deadline_at == time() + timedelta(hours=1)
    assert depot.parcel(held).deadline_at == before
    assert audit()[1:] == [("control resume", "provider courier", {"counts": {"deadlines": 1}})]


def test_each_batch_of_extended_deadlines_is_in_the_audit(
    shop: Flask, depot: Depot, time: MovableClock
) -> None:
    depot.pack(*map(str, range(pauses.MAX_EXTENDED + 2)))
    flask(shop, *PAUSE)
    time.advance(minutes=30)
    assert f"{pauses.MAX_EXTENDED + 2} deadlines" in flask(shop, *RESUME).output
    # Two rows of one microsecond have no order.
    counts = [details["counts"] for action, _, details in audit() if action == "control resume"]
    assert len(counts) == 2
    assert {"deadlines": 2} in counts
    assert {"deadlines": pauses.MAX_EXTENDED} in counts
