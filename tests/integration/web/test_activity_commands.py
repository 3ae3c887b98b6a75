"""Operators retry and cancel activities, one or all that match their filters."""

import json
import os
import sys
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, event, select, text, update
from sqlalchemy.exc import OperationalError

from launch.children import run
from launch.stack import ROOT
from models import ActivityRow, ActivityState, AuditRow, Order, Product, transaction
from models.base import db
from models.clock import MovableClock
from state_machines.actions.selection import LOCKED, Selection
from state_machines.durable.operations.commands import OperationRefusedError
from tests.support.commands import flask, read
from tests.support.depot import Depot
from tests.support.parcel import Courier, ParcelState
from tests.support.web import Person
from web.commands import bulk
from web.commands.auditing import operator_name

NAME = "test.announce"


def fail(depot: Depot, *labels: str, error: str = "busy") -> list[UUID]:
    """Pack parcels whose activities have failed."""
    parcels = depot.pack(*labels)
    with transaction() as session:
        session.execute(
            update(ActivityRow)
            .where(ActivityRow.subject_id.in_(parcels))
            .values(
                state=ActivityState.FAILED, last_error=error, finished_at=ActivityRow.created_at
            )
        )
    return parcels


def audit() -> list[AuditRow]:
    with transaction() as session:
        return list(session.scalars(select(AuditRow).order_by(AuditRow.id)))


def states(depot: Depot, parcels: list[UUID]) -> list[ActivityState]:
    return [depot.activity(parcel).state for parcel in parcels]


FAILED, PENDING = ActivityState.FAILED, ActivityState.PENDING


@pytest.mark.parametrize(
    ("filters", "number"),
    [
        (("--name", NAME), 3),
        (("--machine", "test_parcel"), 3),
        (("--machine", "login"), 0),
        (("--error", "no such"), 1),
        (("--error", "100%"), 0),
        (("--since", "2999-01-01"), 0),
        (("--until", "2999-01-01", "--since", "2020-01-01T12:00"), 3),
        (("--until", "2020-01-01"), 0),
        (("--limit", "2", "--name", NAME), 2),
    ],
)
def test_all_that_match_are_retried_and_a_dry_run_counts_them(
    shop: Flask, depot: Depot, filters: tuple[str, ...], number: int
) -> None:
    parcels = fail(depot, "vase", "lamp") + fail(depot, "bowl", error="no such street")
    counted = read(shop, "activities", "retry", "--all", "--dry-run", *filters)
    assert counted["activities"] == len(counted["examples"]) == number
    assert counted["kinds"] == ({NAME: number} if number else {})
    assert states(depot, parcels) == [FAILED] * 3
    assert audit() == []
    done = read(shop, "activities", "retry", "--all", *filters)
    assert done["retried"] == number
    assert states(depot, parcels).count(PENDING) == number
    assert [row.details["counts"] for row in audit()] == [{"retried": number}] * bool(number)


def test_a_dry_run_shows_five_at_the_most(shop: Flask, depot: Depot) -> None:
    fail(depot, *(f"box-{n}" for n in range(8)))
    counted = flask(shop, "activities", "retry", "--all", "--dry-run", "--name", NAME)
    assert counted.stdout.startswith("8 would run again\n")
    assert counted.stdout.count("busy") == bulk.MAX_EXAMPLES


def test_many_are_retried_in_batches_with_an_audit_row_each(shop: Flask, depot: Depot) -> None:
    number = bulk.BATCH_SIZE + 1
    fail(depot, *(f"box-{n}" for n in range(number)))
    done = flask(shop, "activities", "retry", "--name", NAME, "--all")
    assert done.stdout == f"{number} {NAME} will run again\n"
    assert [row.details["counts"]["retried"] for row in audit()] == [bulk.BATCH_SIZE, 1]
    assert {row.details["filters"]["name"] for row in audit()} == {NAME}


@pytest.mark.parametrize("command", ["retry", "cancel"])
def test_too_few_or_too_many_filters_are_a_usage_error(
    shop: Flask, depot: Depot, command: str
) -> None:
    (parcel,) = fail(depot, "vase")
    key = str(depot.key(parcel))
    for words in ((), ("--name", NAME), ("--dry-run",), (key, "--all"), (key, "--error", "busy")):
        assert flask(shop, "activities", command, *words).exit_code == 2
    unknown = flask(shop, "activities", command, "--all", "--name", "test.weigh")
    assert (unknown.exit_code, "no activity called test.weigh" in unknown.stderr) == (1, True)
    listed = flask(shop, "activities", "list", "--name", "test.weigh")
    assert (listed.exit_code, f", {NAME}" in listed.stderr) == (1, True), "names the choices"
    assert flask(shop, "activities", command, str(uuid4())).exit_code == 1
    assert (states(depot, [parcel]), audit()) == ([FAILED], [])


def test_one_activity_is_cancelled(shop: Flask, depot: Depot, courier: Courier) -> None:
    (parcel,) = depot.pack("vase")
    done = flask(shop, "activities", "cancel", str(depot.key(parcel)), "--reason", "moved away")
    assert done.exit_code == 0
    assert depot.state(parcel) == ParcelState.LOST
    last = depot.history(parcel)[-1]
    assert last.reason == f"cancelled by {operator_name()}: moved away"
    assert (last.actor, last.cause) == (operator_name(), "command:activities cancel")
    (row,) = audit()
    assert (row.action, row.subject) == ("activities cancel", str(depot.key(parcel)))
    assert row.details == {"reason": "moved away", "maybe_sent": False}


def test_a_cancellation_that_is_refused_is_a_sentence_and_changes_nothing(
    shop: Flask, depot: Depot, courier: Courier
) -> None:
    held, deaf = depot.pack("vase", "lamp")
    depot.claim(held)
    courier.untellable.add("lamp")
    for parcel, words in ((held, "its lease ends at"), (deaf, "could not be told")):
        refused = flask(shop, "activities", "cancel", str(depot.key(parcel)), "--maybe-sent")
        assert (refused.exit_code, words in refused.stderr) == (1, True)
        assert depot.state(parcel) == ParcelState.PACKED
    assert (states(depot, [held, deaf]), audit()) == ([ActivityState.RUNNING, PENDING], [])


def test_all_that_match_are_cancelled_and_the_refused_ones_are_listed(
    shop: Flask, depot: Depot, courier: Courier
) -> None:
    parcels = depot.pack("vase", "deaf", "lamp")
    courier.untellable.add("deaf")
    words = ("activities", "cancel", "--all", "--name", NAME)
    counted = read(shop, *words, "--dry-run")
    assert (counted["activities"], audit()) == (3, [])
    done = flask(shop, *words, "--json")
    assert done.exit_code == 1
    result = json.loads(done.stdout)
    assert (result["cancelled"], len(result["refused"])) == (2, 1)
    assert result["refused"][0]["id"] == str(depot.key(parcels[1]))
    assert states(depot, parcels) == [FAILED, PENDING, FAILED]
    assert len(audit()) == 2
    courier.untellable.clear()
    again = flask(shop, *words)
    assert (again.exit_code, again.stdout) == (0, "1 cancelled\n"), "it can be run again"


@pytest.mark.parametrize("command", ["retry", "cancel"])
def test_without_a_filter_nothing_is_changed(shop: Flask, depot: Depot, command: str) -> None:
    parcels = depot.pack("vase") + fail(depot, "lamp")
    for words in ((), ("--limit", "1"), ("--dry-run",)):
        refused = flask(shop, "activities", command, "--all", *words)
        assert (refused.exit_code, "give a filter" in refused.stderr) == (2, True)
    assert states(depot, parcels) == [PENDING, FAILED]


def test_activities_in_progress_are_filtered_by_their_creation(
    shop: Flask, depot: Depot, courier: Courier, time: MovableClock
) -> None:
    early = depot.pack("vase")
    time.advance(hours=2)
    late = depot.pack("lamp")
    limit = f"{time():%Y-%m-%dT%H:%M:%S}"
    done = flask(shop, "activities", "cancel", "--all", "--until", limit)
    assert done.stdout == "1 cancelled\n"
    assert states(depot, [*early, *late]) == [FAILED, PENDING]


def test_the_program_itself_knows_the_activities_that_it_cancels(
    shop: Flask, ann: Person, lamp: Product
) -> None:
    order_id = ann.order(lamp).get_json()["orderId"]
    (activity,) = read(shop, "activities", "list")
    words = ("activities", "cancel", activity["id"], "--reason", "a test")
    command = [sys.executable, "-m", "flask", "--app", "wsgi:product", *words]
    done = run(command, env=dict(os.environ), cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    with transaction() as session:
        assert session.get_one(Order, UUID(order_id)).state == "Failed"


def test_activities_of_dead_workers_are_counted_and_cancelled_while_their_provider_is_paused(
    shop: Flask, depot: Depot, courier: Courier, time: MovableClock
) -> None:
    (parcel,) = depot.pack("vase")
    claim = depot.claim(parcel)
    flask(shop, "control", "pause", "--provider", "courier", "--reason", "it is down")
    assert read(shop, "control", "list")[0]["waiting"] == 0
    time.at = claim.until
    assert read(shop, "control", "list")[0]["waiting"] == 1
    words = ("activities", "cancel", "--all", "--name", NAME)
    assert "may have been carried out" in flask(shop, *words).stdout
    done = flask(shop, *words, "--maybe-sent")
    assert (done.exit_code, done.stdout) == (0, "1 cancelled\n")
    assert depot.state(parcel) == ParcelState.LOST


@pytest.fixture
def lock_timeouts() -> Iterator[list[object]]:
    """Return a list that collects the values of statements about the wait for a lock."""
    values: list[object] = []

    def collect(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "lock_timeout" in statement:
            values.append(statement)

    event.listen(Engine, "before_cursor_execute", collect)
    yield values
    event.remove(Engine, "before_cursor_execute", collect)


def test_a_locked_activity_is_listed_as_refused_and_stops_no_other(
    shop: Flask, depot: Depot, courier: Courier, lock_timeouts: list[object]
) -> None:
    parcels = depot.pack("vase", "bowl", "lamp")
    locked = select(ActivityRow.id).where(ActivityRow.id == depot.key(parcels[1]))
    with shop.app_context(), db.engine.begin() as connection:
        connection.execute(locked.with_for_update())
        done = flask(shop, "activities", "cancel", "--all", "--name", NAME, "--json")
    assert (done.exit_code, done.stderr) == (1, "")
    result = json.loads(done.stdout)
    assert (result["cancelled"], len(result["refused"])) == (2, 1)
    assert result["refused"][0] == {"id": str(depot.key(parcels[1])), "why": LOCKED}
    assert states(depot, parcels) == [FAILED, PENDING, FAILED]
    assert lock_timeouts == ["SET LOCAL lock_timeout = '100ms'"] * 3, "no wait of five seconds"


def test_locked_activities_are_not_retried_and_hold_back_no_other(
    shop: Flask, depot: Depot, courier: Courier
) -> None:
    parcels = fail(depot, "vase", "bowl", "lamp")
    locked = select(ActivityRow.id).where(ActivityRow.id == depot.key(parcels[1]))
    words = ("activities", "retry", "--all", "--name", NAME)
    with shop.app_context(), db.engine.begin() as connection:
        connection.execute(locked.with_for_update())
        done = flask(shop, *words)
    assert (done.exit_code, done.stderr) == (1, "")
    assert done.stdout.startswith(f"2 {NAME} will run again, 1 refused\n")
    assert f"{depot.key(parcels[1])}  {LOCKED}" in done.stdout
    assert states(depot, parcels) == [PENDING, FAILED, PENDING]
    assert read(shop, *words)["retried"] == 1, "it can be run again"


def test_a_retry_without_a_call_to_make_is_refused(
    shop: Flask, depot: Depot, courier: Courier
) -> None:
    lost, packed = depot.pack("vase")[0], fail(depot, "lamp")[0]
    flask(shop, "activities", "cancel", str(depot.key(lost)), "--reason", "moved away")
    why = "has no call to make: its test_parcel is Lost"
    alone = flask(shop, "activities", "retry", str(depot.key(lost)))
    assert (alone.exit_code, why in alone.stderr) == (1, True)
    done = flask(shop, "activities", "retry", "--all", "--name", NAME, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout) == {
        "name": NAME, "paused": {}, "retried": 1, "unchanged": 0,
        "refused": [{"id": str(depot.key(lost)), "why": why}],
    }  # fmt: skip
    assert states(depot, [lost, packed]) == [FAILED, PENDING]


def test_after_a_lost_connection_a_tally_names_what_was_done(shop: Flask, depot: Depot) -> None:
    parcels = fail(depot, "vase", "bowl", "lamp")

    def lose_second(parcel: UUID) -> bool:
        with transaction() as session:
            session.execute(
                update(ActivityRow).where(ActivityRow.subject_id == parcel).values(state=PENDING)
            )
            if parcel == parcels[1]:
                session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return True

    tally = bulk.change_each(parcels, lose_second)
    assert (tally.changed, tally.refusals) == (1, {})
    with pytest.raises(OperationalError):
        bulk.print_tally(tally, "changed", as_json=False)
    assert states(depot, parcels) == [PENDING, FAILED, FAILED]


def test_a_limit_counts_only_what_is_cancelled(shop: Flask, depot: Depot, courier: Courier) -> None:
    parcels = sorted(depot.pack("bowl", "vase", "lamp"), key=depot.key)
    courier.untellable.add(depot.parcel(parcels[0]).label)
    words = ("activities", "cancel", "--all", "--name", NAME, "--limit", "1")
    assert flask(shop, *words).stdout.startswith("1 cancelled, 1 refused\n")
    assert states(depot, parcels) == [PENDING, FAILED, PENDING]


def test_an_activity_that_changed_since_it_was_selected_is_refused(
    shop: Flask, depot: Depot, courier: Courier
) -> None:
    (parcel,) = depot.pack("vase")
    key = depot.key(parcel)
    busy = Selection(ActivityRow, [ActivityRow.last_error == "busy"])
    with shop.app_context(), transaction(), pytest.raises(OperationRefusedError, match="no longer"):
        busy.lock(key)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("activities", "retry", "--all", "--machine", "parsel"), "--machine: parsel is none of"),
        (("activities", "cancel", "--all", "--error", ""), "'--error': must not be empty"),
        (("signals", "replay", "--all", "--source", "strype"), "'--source': 'strype' is not one"),
        (("signals", "list", "--source", "strype"), "not one of 'stripe', 'sendgrid'"),
        (
            ("signals", "replay", "--all", "--since", "2027-01-01", "--until", "2026-01-01"),
            "--since must be earlier than --until",
        ),
        (("control", "limit", "--provider", "courier", "--per-second", "1e-320"), "'--per-second'"),
    ],
)
def test_a_filter_that_can_match_nothing_is_a_usage_error_that_names_the_option(
    shop: Flask, depot: Depot, words: tuple[str, ...], sentence: str
) -> None:
    refused = flask(shop, *words)
    assert (refused.exit_code, sentence in refused.stderr) == (2, True)
    assert audit() == []


def test_a_retried_activity_that_is_paused_will_run_when_it_is_resumed(
    shop: Flask, depot: Depot, courier: Courier
) -> None:
    (parcel,) = fail(depot, "vase")
    flask(shop, "control", "pause", "--provider", "courier", "--reason", "it is down")
    done = flask(shop, "activities", "retry", str(depot.key(parcel)))
    assert done.stdout.endswith("will run when it is resumed; it is paused: it is down\n")


def test_all_that_are_retried_while_they_are_paused_run_when_that_ends(
    shop: Flask, depot: Depot, courier: Courier
) -> None:
    fail(depot, "vase", "lamp")
    flask(shop, "control", "pause", "--queue", "depot", "--reason", "it is down")
    words = ("activities", "retry", "--all", "--machine", "test_parcel", "--limit", "1")
    done = flask(shop, *words)
    assert done.stdout == (
        f"{NAME} runs when it is resumed; it is paused: it is down\n1 activities will run again\n"
    )
    assert read(shop, *words)["paused"] == {NAME: "it is down"}


@pytest.fixture
def reader_role(depot: Depot, courier: Courier) -> Iterator[None]:
    """Run every transaction as a role that may only read."""
    depot.pack("vase")
    fail(depot, "lamp")
    with transaction() as session:
        session.execute(text("CREATE ROLE reader_only"))
        session.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader_only"))

    def become_reader(_session: object, _transaction: object, connection: Connection) -> None:
        connection.execute(text("SET LOCAL ROLE reader_only"))

    event.listen(db.session, "after_begin", become_reader)
    yield
    event.remove(db.session, "after_begin", become_reader)
    with transaction() as session:
        session.execute(text("DROP OWNED BY reader_only"))
        session.execute(text("DROP ROLE reader_only"))


@pytest.mark.parametrize(
    "words",
    [
        ("control", "pause", "--provider", "courier", "--reason", "it is down"),
        ("activities", "retry", "--all", "--name", NAME),
        ("activities", "cancel", "--all", "--name", NAME),
    ],
)
def test_a_role_without_privileges_gets_a_sentence(
    shop: Flask, depot: Depot, reader_role: None, words: tuple[str, ...]
) -> None:
    refused = flask(shop, *words)
    assert refused.exit_code == 1
    assert "permission denied for table" in refused.output
    assert "Traceback" not in refused.output
