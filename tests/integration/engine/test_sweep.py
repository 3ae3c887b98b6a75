"""Time brings back what waits: deadlines ring once, and only where they were wound."""

from datetime import timedelta

from models import transaction
from models.clock import MovableClock
from state_machines.durable import replay, sweep
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
