"""The limit of a provider holds for all workers together, and everything gets done under it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, event, func, select

from launch.waiting import until
from models import ActivityRow, ActivityState, PauseKind, transaction
from models.clock import MovableClock
from state_machines.durable import Call, executor, inspection, sweep
from state_machines.durable.operations import limits, pauses
from state_machines.durable.operations.commands import OperationRefusedError
from state_machines.durable.operations.limits import Limit
from tests.support.depot import Depot
from tests.support.parcel import Announce, Courier, ParcelMachine, ParcelSignal, ParcelState

PROVIDER = Announce.provider or ""
THREADS = 6


def set_limit(per_second: float | None = None, at_once: int | None = None, **more: float) -> None:
    with transaction():
        limits.set_limit(PROVIDER, Limit(per_second, at_once, **more))


def run(flask_app: Flask, keys: list[UUID]) -> int:
    """Run activities in threads, as several workers do, and return how many were claimed."""

    def work(number: int) -> int:
        with flask_app.app_context():
            return executor.run(Announce.name, keys[number::THREADS])

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(work, range(THREADS)))


def run_published(flask_app: Flask) -> int:
    return run(flask_app, [activity_id for _, activity_id in sweep.due_activities()])


def count(state: ActivityState) -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).where(ActivityRow.state == state)) or 0


@pytest.mark.slow
@pytest.mark.parametrize("figures", [(5, 5, 23), (3.5, 1, 9), (2, 4, 12)])
def test_no_second_has_more_calls_than_the_limit_and_all_are_made(
    depot: Depot,
    courier: Courier,
    time: MovableClock,
    flask_app: Flask,
    figures: tuple[float, float, int],
) -> None:
    per_second, burst, number = figures
    parcels = depot.pack(*map(str, range(number)))
    set_limit(per_second, burst=burst)
    calls = [run(flask_app, [depot.key(parcel_id) for parcel_id in parcels])]
    while count(ActivityState.DONE) < number:
        time.advance(seconds=1)
        calls.append(run_published(flask_app))
        assert len(calls) <= number / min(int(burst), int(per_second)) + 2, "it goes on"
    assert calls[0] == int(burst)
    assert sum(calls) == len(courier.calls) == number
    for first in range(len(calls)):
        for last in range(first, len(calls)):
            made, seconds = sum(calls[first : last + 1]), last - first
            assert made <= burst + per_second * seconds
    assert {depot.activity(parcel_id).attempts for parcel_id in parcels} == {1}


class CountingCourier(Courier):
    """Counts the calls under way; it answers once `may_answer` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = Event()
        self.under_way = self.most = 0
        self._counting = Lock()

    def announce(self, label: str, call: Call) -> str:
        with self._counting:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        self.may_answer.wait(60)
        with self._counting:
            self.under_way -= 1
            return super().announce(label, call)


@pytest.fixture
def counting() -> Iterator[CountingCourier]:
    before, counter = Announce.courier, CountingCourier()
    Announce.courier = counter
    yield counter
    counter.may_answer.set()
    Announce.courier = before


def test_no_more_calls_are_under_way_than_the_limit_and_all_are_made(
    depot: Depot, counting: CountingCourier, flask_app: Flask
) -> None:
    parcels = depot.pack(*map(str, range(30)))
    keys = [depot.key(parcel_id) for parcel_id in parcels]
    set_limit(at_once=4)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(run, flask_app, keys)
        # At most four threads have calls under way; the others put theirs off.
        until(lambda: count(ActivityState.WAITING) >= 10, "the others to be left to the sweep")
        assert (count(ActivityState.RUNNING), counting.under_way) == (4, 4)
        counting.may_answer.set()
        made = first.result()
    while count(ActivityState.DONE) < len(parcels):
        made += run_published(flask_app)
    assert (made, counting.most) == (30, 4)
    assert {depot.activity(parcel_id).attempts for parcel_id in parcels} == {1}


def test_the_calls_of_a_dead_worker_count_until_its_lease_ends(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    dead, alive = depot.pack("vase", "lamp")
    depot.claim(dead)
    set_limit(at_once=1)
    assert depot.run(alive) == 0
    assert (depot.activity(alive).state, depot.activity(alive).attempts) == (
        ActivityState.WAITING,
        0,
    )
    time.advance(seconds=Announce.registry[Announce.name].lease.total_seconds())
    assert depot.run(dead) == 1
    assert sweep.due_activities() == [(Announce.name, depot.key(alive))]
    assert depot.run(alive) == 1


def test_without_a_limit_a_claim_is_one_statement(depot: Depot, courier: Courier) -> None:
    (parcel_id,) = depot.pack("vase")
    key, statements = depot.key(parcel_id), []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        executor.run(Announce.name, [key])
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    about_controls = [each for each in statements if "pause" in each or "provider_limit" in each]
    assert len(about_controls) == 1
    assert about_controls[0].startswith("UPDATE activity")


def test_after_the_limit_is_removed_all_go_on(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    parcels = depot.pack(*map(str, range(9)))
    set_limit(1, burst=1)
    assert depot.run(*parcels) == 1
    with transaction():
        limits.remove_limit(PROVIDER)
    assert len(sweep.due_activities()) == 8
    assert depot.run(*parcels) == 8


def test_what_waits_for_a_limit_is_said_to_wait_for_it(depot: Depot, time: MovableClock) -> None:
    (parcel_id,) = depot.pack("vase")
    set_limit(1)
    time.advance(hours=2)
    (difference,) = inspection.stuck(ParcelMachine)
    assert difference.what == "test.announce waits for the limit of courier"
    assert depot.state(parcel_id) == ParcelState.PACKED


def test_a_limit_of_an_unknown_provider_and_the_end_of_none_are_refused(depot: Depot) -> None:
    with transaction(), pytest.raises(OperationRefusedError, match="There is no provider nobody"):
        limits.set_limit("nobody", Limit(1))
    with transaction(), pytest.raises(OperationRefusedError, match="courier has no limit"):
        limits.remove_limit(PROVIDER)


def test_a_pause_holds_under_a_limit(depot: Depot, courier: Courier) -> None:
    (parcel_id,) = depot.pack("vase")
    set_limit(10)
    with transaction():
        pauses.pause(PauseKind.PROVIDER, PROVIDER, reason="strike", actor="ann")
    assert depot.run(parcel_id) == 0
    assert depot.activity(parcel_id).state == ActivityState.PENDING


@pytest.mark.parametrize("is_set_again", [False, True])
def test_a_limit_holds_on_after_the_clock_was_set_back(
    depot: Depot, courier: Courier, time: MovableClock, *, is_set_again: bool
) -> None:
    first, second = depot.pack("vase", "lamp")
    set_limit(10, burst=1)
    assert depot.run(first) == 1
    time.advance(hours=-1)
    if is_set_again:
        set_limit(20, burst=1)
    else:
        assert depot.run(second) == 0, "a token is earned from here on"
    time.advance(seconds=1)
    assert run_waiting(second) == 1
    assert len(courier.calls) == 2


def run_waiting(parcel_id: UUID) -> int:
    """Publish an activity that was left to the sweep before the clock was set back, and run it."""
    with transaction() as session:
        row = session.scalars(select(ActivityRow).where(ActivityRow.subject_id == parcel_id)).one()
        row.state = ActivityState.PENDING
        key = row.id
    return executor.run(Announce.name, [key])


def test_activities_that_make_no_call_leave_the_limit_to_others(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    unneeded, busy, unaskable, last = depot.pack("vase", "busy", "unaskable", "lamp")
    depot.send(unneeded, ParcelSignal.ANNOUNCED)
    courier.busy.add("busy")
    courier.unaskable.add("unaskable")
    set_limit(0.001, burst=1)
    for parcel_id in (unneeded, busy, unaskable):
        assert depot.run(parcel_id) == 1
    assert courier.calls == []
    assert depot.run(last) == 1
    assert depot.state(last) == ParcelState.ANNOUNCED


def test_an_activity_that_is_giving_up_needs_no_limit(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    (parcel_id,) = depot.pack("vase")
    depot.fail_to_give_up(parcel_id, courier)
    set_limit(0.001, burst=1)
    (other,) = depot.pack("lamp")
    assert depot.run(other) == 1
    time.advance(minutes=10)
    assert len(sweep.due_activities()) == 1
    assert depot.run(parcel_id) == 1
    assert depot.state(parcel_id) == ParcelState.LOST
