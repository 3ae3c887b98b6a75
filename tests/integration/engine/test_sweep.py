"""Time brings back what waits: deadlines ring once, and only where they were wound."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text

import tasks.sweep
from models import transaction
from models.clock import MovableClock
from state_machines.durable import inbox, replay, sweep
from tests.factories import a_placed_order
from tests.integration.engine.conftest import Depot
from tests.integration.engine.parcel import (
    Courier,
    Parcel,
    ParcelMachine,
    ParcelSignal,
    ParcelState,
)


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


def test_moving_among_the_states_of_a_deadline_leaves_the_clock_running(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    (parcel_id,) = depot.pack("vase")
    wound = depot.parcel(parcel_id).deadline_at
    time.advance(minutes=30)
    depot.run(parcel_id)
    assert depot.state(parcel_id) == ParcelState.ANNOUNCED
    assert depot.parcel(parcel_id).deadline_at == wound == time() + timedelta(minutes=30)


def test_leaving_the_states_of_a_deadline_stops_the_clock(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    (parcel_id,) = depot.pack("vase")
    depot.run(parcel_id)
    depot.send(parcel_id, ParcelSignal.COLLECT)
    assert depot.parcel(parcel_id).deadline_at is None
    time.advance(hours=2)
    assert sweep.fire_deadlines() == 0


def test_many_deadlines_at_once_all_ring(depot: Depot, time: MovableClock) -> None:
    parcels = depot.pack(*(f"box-{n}" for n in range(sweep.DEADLINES + 50)))
    time.advance(hours=1)
    assert sweep.fire_deadlines() == len(parcels)
    assert sweep.PACE.moment("test.announce") == time() + sweep.RUSH, "what they ask for holds back"


def test_a_row_that_cannot_be_moved_stops_no_other(depot: Depot, time: MovableClock) -> None:
    well, forged = depot.pack("vase", "lamp")
    with transaction() as session:
        # Its next version is in the history already.
        session.get_one(Parcel, forged).version = 0
    time.advance(hours=1)
    assert (sweep.fire_deadlines(), sweep.fire_deadlines()) == (1, 0)
    assert (depot.state(well), depot.state(forged)) == (ParcelState.LOST, ParcelState.PACKED)


@contextmanager
def away(table: str) -> Iterator[None]:
    """A table that nobody can read, as after half a migration."""
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
        ("test_parcel", {"deadlines": 1, "enquiries": 0, "signals": 1, "activities": 2}),
        ("signal", {"deadlines": 1, "enquiries": 0, "activities": 2}),
    ],
)
def test_what_of_the_sweep_fails_stops_nothing_else(
    depot: Depot, time: MovableClock, table: str, kinds: dict[str, int]
) -> None:
    with transaction():
        a_placed_order()
    inbox.receive("nobody", "evt_1", "lost", {})
    time.advance(hours=2)
    with away(table):
        assert tasks.sweep.run() == kinds


def test_histories_replay_to_their_rows_and_a_forged_row_is_found(
    depot: Depot, courier: Courier
) -> None:
    honest, forged = depot.pack("vase", "lamp")
    depot.run(honest)
    assert list(replay.verify(ParcelMachine)) == []

    with transaction() as session:
        session.get_one(Parcel, forged).state = ParcelState.COLLECTED
    (difference,) = replay.verify(ParcelMachine, page=1)
    assert difference.id == forged
    assert difference.what == "the row is Collected at 1, its history Packed at 1"


def test_what_nothing_will_move_is_reported_as_stuck(depot: Depot, courier: Courier) -> None:
    moving, stuck = depot.pack("vase", "lamp")
    depot.run(moving, stuck)
    assert replay.stuck(ParcelMachine) == []
    with transaction() as session:
        session.get_one(Parcel, stuck).deadline_at = None
    (found,) = replay.stuck(ParcelMachine)
    assert found.id == stuck
