"""Operators cancel activities, one or all that match, and learn which were refused."""

import json
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select

from models import ActivityRow, ActivityState, Order, Product, transaction
from models.base import db
from models.clock import MovableClock
from state_machines.actions.selection import LOCKED, Selection
from state_machines.durable.operations.commands import OperationRefusedError
from tests.support import python
from tests.support.commands import flask, read
from tests.support.depot import Depot
from tests.support.failed_calls import FAILED, NAME, PENDING, audit, fail, states
from tests.support.parcel import Courier, ParcelState
from tests.support.web import Person
from web.commands.auditing import operator_name


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


@pytest.mark.slow
def test_the_program_itself_knows_the_activities_that_it_cancels(
    shop: Flask, ann: Person, lamp: Product
) -> None:
    order_id = ann.order(lamp).get_json()["orderId"]
    (activity,) = read(shop, "activities", "list")
    words = ("activities", "cancel", activity["id"], "--reason", "a test")
    done = python.run("-m", "flask", "--app", "wsgi:product", *words)
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
