"""Leases: the activity of a dead worker is claimed again, and a late worker records nothing."""

import threading
from datetime import timedelta

import pytest
from flask import Flask

from launch.waiting import until
from models import ActivityState, metrics, transaction
from models.clock import MovableClock
from models.durable.activity import PUBLISHER_LEASE
from state_machines.durable import (
    Activity,
    NonRetryableError,
    UnknownOutcomeError,
    executor,
    leases,
    sweep,
)
from state_machines.durable.activity import MARGIN, Attempt
from state_machines.durable.calls import batches
from tests.support.counted import counting
from tests.support.depot import Depot
from tests.support.parcel import Announce, Courier, ParcelState


def test_another_worker_claims_the_activity_of_a_dead_worker_after_its_lease(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    (parcel_id,) = depot.pack("vase")
    depot.claim(parcel_id)

    assert sweep.due_activities() == [], "the lease still runs"
    time.advance(seconds=PUBLISHER_LEASE.total_seconds())
    assert sweep.due_activities() == [(Announce.name, depot.key(parcel_id))]
    depot.run(parcel_id)
    assert depot.activity(parcel_id).attempts == 2
    assert depot.state(parcel_id) == ParcelState.ANNOUNCED


def test_a_worker_that_returns_after_its_lease_records_nothing(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    (parcel_id,) = depot.pack("vase")
    key = depot.key(parcel_id)
    slow = depot.claim(parcel_id)
    (call,) = slow.calls
    time.advance(seconds=PUBLISHER_LEASE.total_seconds())
    depot.run(parcel_id)

    with transaction():
        assert leases.finish(slow, {key: None}) == set()
        assert not leases.fail(slow, Attempt(call, error=NonRetryableError("too late")))
    assert depot.activity(parcel_id).state == ActivityState.DONE


@pytest.mark.parametrize("trouble", [None, NonRetryableError("no"), UnknownOutcomeError("late")])
def test_a_result_that_comes_after_the_lease_is_lost(
    depot: Depot,
    time: MovableClock,
    caplog: pytest.LogCaptureFixture,
    trouble: Exception | None,
) -> None:
    (parcel_id,) = depot.pack("vase")
    slow = executor.prepare(Announce.name, [depot.key(parcel_id)])
    slow.attempts[0].error = trouble
    time.advance(minutes=5)
    depot.claim(parcel_id)
    with counting() as counted:
        executor.finish(slow)
    assert counted.of(metrics.ACTIVITY_OUTCOMES, Announce.name, "lost") == 1
    assert counted.of(metrics.ACTIVITY_OUTCOMES) == 1
    assert "gave up" not in caplog.text


def test_the_call_of_a_worker_that_died_after_it_is_repeated_with_the_same_key(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    (parcel_id,) = depot.pack("vase")
    key = depot.key(parcel_id)
    (call,) = depot.claim(parcel_id).calls
    courier.announce("vase", call)
    time.advance(seconds=PUBLISHER_LEASE.total_seconds())
    depot.run(parcel_id)
    assert [c.key for c in courier.calls] == [str(key), str(key)]
    assert len(depot.history(parcel_id)) == 2


def test_an_activity_that_kills_its_workers_fails_after_its_last_attempt(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    (parcel_id,) = depot.pack("vase")
    for _ in range(Announce.retry.attempts):
        depot.claim(parcel_id)
        time.advance(seconds=PUBLISHER_LEASE.total_seconds())
        sweep.due_activities()
    depot.run(parcel_id)
    assert courier.calls == []
    assert depot.activity(parcel_id).last_error == "RetryableError: its workers died"
    assert depot.state(parcel_id) == ParcelState.LOST


def test_a_call_that_could_outlast_its_lease_is_not_made(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    (parcel_id,) = depot.pack("vase")
    batch = executor.prepare(Announce.name, [depot.key(parcel_id)])
    time.advance(seconds=PUBLISHER_LEASE.total_seconds() - Announce.timeout + 1)
    batches.perform(batch)
    executor.finish(batch)
    activity = depot.activity(parcel_id)
    assert courier.calls == []
    assert (activity.state, activity.attempts) == (ActivityState.WAITING, 0)
    assert sweep.due_activities() == [(Announce.name, activity.id)], "at once"


def test_a_worker_calls_only_the_activities_that_it_still_holds(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    stolen, ours = depot.pack("vase", "lamp")
    batch = executor.prepare(Announce.name, [depot.key(stolen), depot.key(ours)])
    time.advance(seconds=Activity.registry[Announce.name].lease.total_seconds())
    depot.claim(stolen)
    with transaction():
        leases.renew(batch.claimed)
    assert sweep.due_activities() == [], "both are held"
    batches.perform(batch)
    executor.finish(batch)
    assert [call.id for call in courier.calls] == [depot.key(ours)]
    assert (depot.state(stolen), depot.state(ours)) == ("Packed", "Announced")
    assert depot.activity(stolen).state == ActivityState.RUNNING


def test_the_lease_of_a_batch_is_renewed_while_a_call_is_slow(
    depot: Depot, courier: Courier, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Announce, "timeout", 0.05)
    monkeypatch.setattr(Announce, "lease", timedelta(seconds=0.5))
    parcels, answers = depot.pack("vase", "lamp"), threading.Event()
    announce = courier.announce

    def work() -> None:
        with app.app_context():
            depot.run(*parcels)

    monkeypatch.setattr(courier, "announce", lambda *call: answers.wait(60) and announce(*call))
    worker = threading.Thread(target=work)
    worker.start()
    until(lambda: depot.activity(parcels[0]).state == ActivityState.RUNNING, "the claim")
    first = depot.activity(parcels[0]).due_at
    until(lambda: depot.activity(parcels[0]).due_at > first, "a longer lease")
    answers.set()
    worker.join(60)
    assert {depot.state(p) for p in parcels} == {ParcelState.ANNOUNCED}


def test_the_lease_of_an_activity_is_its_timeout_and_a_margin(
    depot: Depot, courier: Courier, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Announce, "timeout", 60)
    (parcel_id,) = depot.pack("vase")
    depot.claim(parcel_id)
    assert depot.activity(parcel_id).due_at == time() + timedelta(seconds=60) + MARGIN
    time.advance(seconds=60)
    assert sweep.due_activities() == []
