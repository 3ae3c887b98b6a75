"""An activity is called at least once, recorded once, and retried as its policy says."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from models import ActivityState
from models.clock import MovableClock
from models.durable.activity import PUBLISHER_LEASE
from state_machines.durable import (
    NonRetryableError,
    RetryableError,
    UnknownOutcomeError,
    executor,
    sweep,
)
from tests.support.depot import Depot
from tests.support.parcel import Announce, Courier, ParcelSignal, ParcelState


def test_an_answer_moves_the_machine_in_the_commit_that_finishes_the_activity(
    depot: Depot, courier: Courier
) -> None:
    (parcel_id,) = depot.pack("vase")
    assert depot.run(parcel_id) == 1

    activity, parcel = depot.activity(parcel_id), depot.parcel(parcel_id)
    assert (activity.state, activity.attempts) == (ActivityState.DONE, 1)
    assert (parcel.state, parcel.tracking) == (ParcelState.ANNOUNCED, "track-vase")
    assert depot.history(parcel_id)[-1].cause == f"test.announce:{activity.id}"


def test_a_second_message_for_the_same_activity_does_nothing(
    depot: Depot, courier: Courier
) -> None:
    (parcel_id,) = depot.pack("vase")
    assert (depot.run(parcel_id), depot.run(parcel_id)) == (1, 0)
    assert len(courier.calls) == 1


def test_a_batch_is_claimed_called_and_finished_together(depot: Depot, courier: Courier) -> None:
    parcels = depot.pack(*(f"box-{n}" for n in range(25)))
    assert depot.run(*parcels) == 25
    assert {depot.state(p) for p in parcels} == {ParcelState.ANNOUNCED}
    assert len(courier.calls) == 25


def test_a_failing_call_is_retried_with_the_same_key_until_its_last_attempt(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    (parcel_id,) = depot.pack("vase")
    courier.trouble["vase"] = RetryableError("the line is busy")

    waits = []
    for _ in range(2):
        depot.run(parcel_id)
        waits.append(depot.activity(parcel_id).due_at - time())
        time.at = depot.activity(parcel_id).due_at
        assert sweep.due_activities() == [(Announce.name, depot.key(parcel_id))]
    depot.run(parcel_id)

    activity = depot.activity(parcel_id)
    assert waits == [timedelta(seconds=2), timedelta(seconds=3)], "initial 2 s, backoff 1.5"
    assert (activity.state, activity.attempts) == (ActivityState.FAILED, 3)
    assert activity.last_error == "RetryableError: the line is busy"
    assert len({call.key for call in courier.calls}) == 1
    assert depot.state(parcel_id) == ParcelState.LOST
    assert depot.history(parcel_id)[-1].reason == "the line is busy"


def test_a_repeated_message_does_not_shorten_the_backoff(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    (parcel_id,) = depot.pack("vase")
    courier.trouble["vase"] = RetryableError("the line is busy")
    assert (depot.run(parcel_id), depot.run(parcel_id)) == (1, 0)
    assert depot.activity(parcel_id).attempts == 1


def test_a_non_retryable_error_is_not_retried(depot: Depot, courier: Courier) -> None:
    (parcel_id,) = depot.pack("vase")
    courier.trouble["vase"] = NonRetryableError("no such street")
    depot.run(parcel_id)
    assert depot.activity(parcel_id).state == ActivityState.FAILED
    assert depot.state(parcel_id) == ParcelState.LOST


def test_a_snoozed_activity_waits_without_an_attempt(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    (parcel_id,) = depot.pack("vase")
    courier.busy.add("vase")
    depot.run(parcel_id)
    activity = depot.activity(parcel_id)
    assert (activity.state, activity.attempts) == (ActivityState.WAITING, 0)
    assert activity.due_at == time() + timedelta(minutes=5)
    assert courier.calls == []


def test_an_activity_that_is_no_longer_needed_ends_without_a_call(
    depot: Depot, courier: Courier
) -> None:
    (parcel_id,) = depot.pack("vase")
    depot.send(parcel_id, ParcelSignal.LOSE)
    depot.run(parcel_id)
    assert depot.activity(parcel_id).state == ActivityState.DONE
    assert courier.calls == []


def test_a_row_that_cannot_be_recorded_does_not_affect_its_batch(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    good, bad, fine = depot.pack("vase", "bomb", "lamp")
    courier.unreadable.add("bomb")
    depot.run(good, bad, fine)

    assert [depot.state(p) for p in (good, bad, fine)] == ["Announced", "Packed", "Announced"]
    poison = depot.activity(bad)
    assert (poison.state, poison.last_error) == (ActivityState.WAITING, "ValueError: no such label")
    assert poison.due_at > time()


def test_an_answer_that_cannot_be_recorded_is_an_unknown_outcome(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    (parcel_id,) = depot.pack("bomb")
    courier.unreadable.add("bomb")
    depot.run(parcel_id)
    assert depot.activity(parcel_id).unknown_outcomes == 1, "the call was made"


def test_an_unknown_outcome_survives_failures_to_record_it(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    (parcel_id,) = depot.pack("vase")
    courier.trouble["vase"] = UnknownOutcomeError("nobody told")
    with refused("UPDATE activity SET", after=1, times=2):
        depot.run(parcel_id)
    activity = depot.activity(parcel_id)
    assert (activity.state, activity.unknown_outcomes) == (ActivityState.WAITING, 1)


@contextmanager
def refused(statement: str, *, after: int, times: int) -> Iterator[None]:
    """Let statements that begin with `statement` fail: `times` of them, `after` some that pass."""
    left = [False] * after + [True] * times

    def fail(connection: Any, cursor: Any, text: str, *_: Any) -> None:
        if text.startswith(statement) and left and left.pop(0):
            cursor.execute("SELECT 1 / 0")

    event.listen(Engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", fail)


def test_an_activity_that_cannot_be_prepared_does_not_affect_its_batch(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    good, bad = depot.pack("vase", "riddle")
    courier.unaskable.add("riddle")
    assert depot.run(good, bad) == 2
    assert [depot.state(p) for p in (good, bad)] == ["Announced", "Packed"]
    assert len(courier.calls) == 1
    for _ in range(Announce.retry.attempts - 1):
        time.at = depot.activity(bad).due_at
        sweep.due_activities()
        depot.run(bad)
    given_up = depot.activity(bad)
    assert (given_up.state, given_up.attempts) == (ActivityState.FAILED, Announce.retry.attempts)
    assert "DivisionByZero" in str(given_up.last_error)


@pytest.mark.parametrize(("keyed", "commit"), [(True, "off"), (False, "on")])
def test_a_claim_waits_for_the_disk_if_the_provider_has_no_keys(
    depot: Depot, courier: Courier, monkeypatch: pytest.MonkeyPatch, *, keyed: bool, commit: str
) -> None:
    monkeypatch.setattr(Announce, "keyed", keyed)
    depot.run(*depot.pack("vase"))
    assert courier.to_disk == {commit}


def test_the_sweep_publishes_a_lost_message_once(depot: Depot, time: MovableClock) -> None:
    (parcel_id,) = depot.pack("vase")
    key = depot.key(parcel_id)
    assert sweep.due_activities() == []
    time.advance(seconds=PUBLISHER_LEASE.total_seconds())
    assert sweep.due_activities() == [(Announce.name, key)]
    assert sweep.due_activities() == [], "it is being dispatched"


def test_an_unknown_id_is_ignored(depot: Depot, courier: Courier) -> None:
    (parcel_id,) = depot.pack("vase")
    assert executor.run(Announce.name, [parcel_id]) == 0
