"""Tests of stranded rows: the code no longer knows their state."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from models import PauseKind, transaction
from models.clock import MovableClock
from state_machines.durable import sweep
from state_machines.durable.inspection import stranded, stuck, verify
from state_machines.durable.operations import pauses
from tests.support.depot import Depot
from tests.support.parcel import ParcelMachine, ParcelState

CHECK = "ck_test_parcel_state"


@pytest.fixture
def unchecked(depot: Depot) -> Iterator[None]:
    """Let the table accept any state, as that of an older version accepted its own."""
    with transaction() as session:
        known = session.scalar(
            text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"),
            {"name": CHECK},
        )
        session.execute(text(f"ALTER TABLE test_parcel DROP CONSTRAINT {CHECK}"))
    yield
    with transaction() as session:
        session.execute(text("TRUNCATE test_parcel"))
        session.execute(text(f"ALTER TABLE test_parcel ADD CONSTRAINT {CHECK} {known}"))


def put(state: str, *parcels: UUID) -> None:
    """Write a state into rows, as no code of today does."""
    with transaction() as session:
        session.execute(
            text("UPDATE test_parcel SET state = :state WHERE id = ANY(:ids)"),
            {"state": state, "ids": list(parcels)},
        )


@pytest.mark.usefixtures("unchecked")
def test_rows_in_removed_states_are_listed(depot: Depot) -> None:
    left, _ = depot.pack("vase", "lamp")
    assert stranded(ParcelMachine) == []
    put("Weighed", left)
    (difference,) = stranded(ParcelMachine)
    assert (difference.id, difference.what) == (left, "Weighed is no state any more")
    (differs,) = verify(ParcelMachine)
    assert (differs.id, differs.what) == (
        left,
        "the row is Weighed at 1, its history Packed at 1",
    )


@pytest.mark.usefixtures("unchecked")
def test_a_stranded_row_stops_no_other_and_its_deadline_fires_once_it_is_corrected(
    depot: Depot, time: MovableClock
) -> None:
    first, left, last = depot.pack("vase", "lamp", "bowl")
    put("Weighed", left)
    time.advance(hours=1)
    assert sweep.fire_deadlines() == 2
    assert depot.state(first) == depot.state(last) == ParcelState.LOST
    put("Packed", left)
    assert sweep.fire_deadlines() == 1
    assert depot.state(left) == ParcelState.LOST


@pytest.mark.usefixtures("unchecked")
def test_a_pause_ends_beside_a_stranded_row(depot: Depot, time: MovableClock) -> None:
    known, left = depot.pack("vase", "lamp")
    with transaction():
        pauses.pause(PauseKind.QUEUE, "depot", reason="a strike", actor="ann")
    put("Weighed", left)
    time.advance(minutes=30)
    with transaction():
        assert pauses.extend_deadlines(PauseKind.QUEUE, "depot", time()) == 1
    assert depot.parcel(known).deadline_at == time() + timedelta(hours=1)


@pytest.mark.usefixtures("unchecked")
def test_more_stranded_rows_than_a_page_do_not_delay_others(
    depot: Depot, time: MovableClock
) -> None:
    left = depot.pack(*(f"box-{n}" for n in range(sweep.DEADLINES_PER_PAGE + 10)))
    time.advance(minutes=1)
    (well,) = depot.pack("vase")
    put("Weighed", *left)
    time.advance(hours=1)
    assert sweep.fire_deadlines() == 1
    assert depot.state(well) == ParcelState.LOST


def test_each_row_that_cannot_be_moved_is_logged_in_one_line_and_one_traceback(
    depot: Depot, time: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    left = depot.pack(*(f"box-{n}" for n in range(20)))
    with transaction() as session:
        # Their next versions are in the history already.
        session.execute(text("UPDATE test_parcel SET version = 0"))
    for _ in range(3):
        time.advance(hours=1)
        sweep.fire_deadlines()
    put_off = [record for record in caplog.records if "is put off" in record.getMessage()]
    assert sorted(record.getMessage().split()[1] for record in put_off) == sorted(
        3 * [str(parcel) for parcel in left]
    )
    assert all("\n" not in record.getMessage() for record in caplog.records)
    # Serving them at once, one alone, and the log may know both kinds from an earlier test.
    assert sum(bool(record.exc_info) for record in caplog.records) <= 2


def test_an_activity_with_an_unknown_name_is_listed_and_not_published(
    depot: Depot, time: MovableClock
) -> None:
    left, well = depot.pack("vase", "lamp")
    with transaction() as session:
        session.execute(
            text("UPDATE activity SET name = 'parcel.weigh' WHERE subject_id = :id"), {"id": left}
        )
    time.advance(minutes=1)
    published = sweep.due_activities()
    assert published
    assert "parcel.weigh" not in {name for name, _ in published}
    assert [difference.id for difference in stuck(ParcelMachine)] == []
    time.advance(hours=1)
    sweep.due_activities()
    reasons = {difference.id: difference.what for difference in stuck(ParcelMachine)}
    # No worker runs here: the other one is published again and again.
    assert reasons == {
        left: "nobody has taken parcel.weigh for an hour",
        well: "nobody has taken test.announce for an hour",
    }
