"""Tests of the sweep: deadlines fire once, activities are published in order, rows fail alone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, event, text

import tasks.sweep
from models import ActivityState, transaction
from models.clock import MovableClock
from models.durable.activity import PUBLISHER_LEASE
from state_machines.durable import executor, inbox, inspection, sweep
from state_machines.durable.operations import publishing
from state_machines.durable.unit_of_work import unit_of_work
from tests.support.depot import Depot
from tests.support.factories import a_placed_order
from tests.support.parcel import Courier, Parcel, ParcelMachine, ParcelSignal, ParcelState
from tests.support.statements import statements_of


def test_a_deadline_sends_its_signal_once(depot: Depot, time: MovableClock) -> None:
    (parcel_id,) = depot.pack("vase")
    time.advance(minutes=59)
    assert sweep.fire_deadlines() == 0
    time.advance(minutes=1)
    assert (sweep.fire_deadlines(), sweep.fire_deadlines()) == (1, 0)
    last = depot.history(parcel_id)[-1]
    assert (last.signal, last.target) == ("lose", "Lost")
    assert last.cause.startswith("deadline:")
    assert depot.parcel(parcel_id).deadline_at is None


def test_a_transition_within_the_states_of_a_deadline_does_not_restart_it(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    (parcel_id,) = depot.pack("vase")
    wound = depot.parcel(parcel_id).deadline_at
    time.advance(minutes=30)
    depot.run(parcel_id)
    assert depot.state(parcel_id) == ParcelState.ANNOUNCED
    assert depot.parcel(parcel_id).deadline_at == wound == time() + timedelta(minutes=30)


def test_leaving_the_states_of_a_deadline_clears_it(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    (parcel_id,) = depot.pack("vase")
    depot.run(parcel_id)
    depot.send(parcel_id, ParcelSignal.COLLECT)
    assert depot.parcel(parcel_id).deadline_at is None
    time.advance(hours=2)
    assert sweep.fire_deadlines() == 0


def test_many_deadlines_due_at_once_all_fire(depot: Depot, time: MovableClock) -> None:
    parcels = depot.pack(*(f"box-{n}" for n in range(sweep.DEADLINES_PER_PAGE + 50)))
    time.advance(hours=1)
    assert sweep.fire_deadlines() == len(parcels)


def queue(depot: Depot, *labels: str) -> list[UUID]:
    """Pack parcels whose activities time has asked for."""
    with transaction():
        unit_of_work().queues_activities = True
        parcels = [Parcel(label=label) for label in labels]
        for parcel in parcels:
            ParcelMachine.begin(parcel, ParcelSignal.PACK)
    return [parcel.id for parcel in parcels]


def test_new_queued_activities_are_released_before_a_backlog(
    depot: Depot, time: MovableClock
) -> None:
    queue(depot, *(f"box-{n}" for n in range(10 * sweep.QUEUED_PER_SECOND)))
    time.advance(seconds=1)
    assert len(sweep.due_activities()) == sweep.QUEUED_PER_SECOND
    time.advance(seconds=1)
    (ordinary,) = queue(depot, "vase")
    published = [activity_id for _, activity_id in sweep.due_activities()]
    assert len(published) == sweep.QUEUED_PER_SECOND
    assert depot.key(ordinary) in published


def test_all_processes_share_the_number_released_in_a_second(
    depot: Depot, time: MovableClock, flask_app: Flask
) -> None:
    queue(depot, *(f"box-{n}" for n in range(10 * sweep.QUEUED_PER_SECOND)))

    def rescue_overdue(_: int) -> int:
        with flask_app.app_context():
            return len(sweep.due_activities())

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(rescue_overdue, range(16))) == sweep.QUEUED_PER_SECOND
        time.advance(seconds=0.5)
        assert sum(pool.map(rescue_overdue, range(16))) == sweep.QUEUED_PER_SECOND // 2
        time.advance(hours=-1)
        assert sum(pool.map(rescue_overdue, range(16))) == sweep.QUEUED_PER_SECOND, (
            "a clock that was set back"
        )


def test_activities_of_deadlines_are_released_slowly_while_deadlines_are_due(
    depot: Depot, time: MovableClock
) -> None:
    queue(depot, *(f"box-{n}" for n in range(sweep.DEADLINES_PER_PAGE + 1)))
    time.advance(hours=1)
    assert tasks.sweep.run()["activities"] == 1
    time.advance(seconds=1)
    assert tasks.sweep.run()["activities"] == sweep.QUEUED_PER_SECOND


def test_lost_activities_are_published_at_once_beside_a_backlog(
    depot: Depot, time: MovableClock
) -> None:
    lost = depot.pack(*(f"vase-{n}" for n in range(3 * sweep.QUEUED_PER_SECOND)))
    queue(depot, *(f"box-{n}" for n in range(3 * sweep.QUEUED_PER_SECOND)))
    time.advance(seconds=PUBLISHER_LEASE.total_seconds())
    published = {activity_id for _, activity_id in sweep.due_activities()}
    assert {depot.key(parcel_id) for parcel_id in lost} < published
    assert len(published) == len(lost) + sweep.QUEUED_PER_SECOND


def test_no_more_activities_are_released_of_a_name_that_no_worker_takes(
    depot: Depot, time: MovableClock
) -> None:
    queue(depot, *(f"box-{n}" for n in range(publishing.MAX_PENDING + 50)))
    with transaction() as session:
        session.execute(text("UPDATE activity SET state = 'pending'"))
    time.advance(seconds=1)
    assert len(sweep.due_activities()) == publishing.MAX_PENDING
    (queued,) = queue(depot, "vase")
    time.advance(seconds=1)
    assert sweep.due_activities() == []
    assert depot.activity(queued).state == ActivityState.QUEUED


def test_a_row_that_cannot_be_moved_does_not_stop_others(depot: Depot, time: MovableClock) -> None:
    well, forged = depot.pack("vase", "lamp")
    with transaction() as session:
        # Its next version is in the history already.
        session.get_one(Parcel, forged).version = 0
    time.advance(hours=1)
    assert (sweep.fire_deadlines(), sweep.fire_deadlines()) == (1, 0)
    assert (depot.state(well), depot.state(forged)) == (ParcelState.LOST, ParcelState.PACKED)


@contextmanager
def away(table: str) -> Iterator[None]:
    """Make a table unreadable, as after half a migration."""
    try:
        with transaction() as session:
            session.execute(text(f"ALTER TABLE {table} RENAME TO away"))
        yield
    finally:
        with transaction() as session:
            session.execute(text(f"ALTER TABLE away RENAME TO {table}"))


@pytest.mark.parametrize(
    ("table", "kinds"),
    [
        ("test_parcel", {"deadlines": 1, "polls": 0, "signals": 1, "activities": 2}),
        ("signal", {"deadlines": 1, "polls": 0, "activities": 2}),
    ],
)
def test_a_failing_part_of_the_sweep_does_not_stop_the_others(
    depot: Depot, time: MovableClock, table: str, kinds: dict[str, int]
) -> None:
    with transaction():
        a_placed_order()
    inbox.receive("nobody", "evt_1", "lost", {})
    time.advance(hours=2)
    with away(table):
        assert tasks.sweep.run() == kinds


def test_a_row_that_differs_from_its_history_is_reported(depot: Depot, courier: Courier) -> None:
    honest, forged = depot.pack("vase", "lamp")
    depot.run(honest)
    assert list(inspection.verify(ParcelMachine)) == []

    with transaction() as session:
        session.get_one(Parcel, forged).state = ParcelState.COLLECTED
    (difference,) = inspection.verify(ParcelMachine, page=1)
    assert difference.id == forged
    assert difference.what == "the row is Collected at 1, its history Packed at 1"


def test_a_row_that_moves_during_the_verification_is_not_reported(
    depot: Depot, courier: Courier, flask_app: Flask
) -> None:
    (parcel_id,) = depot.pack("vase")
    key, moved = depot.key(parcel_id), Event()

    def move() -> None:
        with flask_app.app_context():
            executor.run("test.announce", [key])

    def look(_: Any, __: Any, statement: str, *___: Any) -> None:
        # Rows have been read, their histories have not.
        if "FROM transition" in statement and not moved.is_set():
            moved.set()
            mover = Thread(target=move)
            mover.start()
            mover.join()

    event.listen(Engine, "before_cursor_execute", look)
    try:
        assert list(inspection.verify(ParcelMachine)) == []
    finally:
        event.remove(Engine, "before_cursor_execute", look)
    assert moved.is_set()
    assert depot.state(parcel_id) == ParcelState.ANNOUNCED


def test_a_sweep_of_nothing_asks_a_few_questions_and_notes_itself(
    flask_app: Flask, depot: Depot
) -> None:
    depot.pack("vase")
    tasks.sweep.run()
    with statements_of(flask_app) as statements:
        assert set(tasks.sweep.run().values()) == {0}
    assert [each.split()[0] for each in statements] == ["SELECT"] * 5 + ["INSERT"]


def test_an_execution_that_nothing_will_move_is_reported_as_stuck(
    depot: Depot, courier: Courier
) -> None:
    moving, stuck = depot.pack("vase", "lamp")
    depot.run(moving, stuck)
    assert inspection.stuck(ParcelMachine) == []
    with transaction() as session:
        session.get_one(Parcel, stuck).deadline_at = None
    (difference,) = inspection.stuck(ParcelMachine)
    assert difference.id == stuck
