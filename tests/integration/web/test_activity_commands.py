"""Operators retry and cancel activities, one or all that match their filters."""

import json
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Connection, event, select, text, update
from sqlalchemy.exc import OperationalError

from models import ActivityRow, transaction
from models.base import db
from state_machines.actions.selection import LOCKED
from tests.support.commands import flask, read
from tests.support.depot import Depot
from tests.support.failed_calls import FAILED, NAME, PENDING, audit, fail, states
from tests.support.parcel import Courier
from web.commands import bulk


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
