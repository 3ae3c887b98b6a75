"""An old release beside a newer one leaves alone, silently, what only the newer one knows."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Text, cast, select, text

import tasks.sweep
from models import ActivityState, RefundState, SignalState, transaction
from models.base import Base
from models.clock import MovableClock
from state_machines.durable import inbox, sweep
from tests.support.depot import Depot, load_signal
from tests.support.factories import a_placed_order, a_refund
from tests.support.parcel import Courier, ParcelState

CHECKS = {
    "test_parcel": "ck_test_parcel_state",
    "orders": "ck_orders_state",
    "refund": "ck_refund_state",
}
TABLES = ("test_parcel", "orders", "payment", "refund", "activity", "signal", "transition")


@pytest.fixture
def newer(depot: Depot) -> Iterator[None]:
    """Allow a state `Weighed`, as the schema of a newer release does."""
    known = {}
    with transaction() as session:
        for table, name in CHECKS.items():
            known[table] = session.scalar(
                text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"),
                {"name": name},
            )
            session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    yield
    with transaction() as session:
        session.execute(text("TRUNCATE test_parcel, orders CASCADE"))
        for table, name in CHECKS.items():
            session.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {name} {known[table]}"))


def run(statement: str, **values: Any) -> None:
    with transaction() as session:
        session.execute(text(statement), values)


def load_all() -> dict[str, list[Any]]:
    with transaction() as session:
        tables = [Base.metadata.tables[name] for name in TABLES]
        return {
            table.name: list(
                map(
                    tuple,
                    session.execute(
                        select(*map(_as_text, table.columns)).order_by(*table.primary_key)
                    ),
                )
            )
            for table in tables
        }


def _as_text(column: Any) -> Any:
    return cast(column, Text)


def loudly(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.INFO]


@pytest.fixture
def unknown(newer: None, depot: Depot, time: MovableClock) -> None:
    """Create rows of a newer release, whose times have all passed."""
    weighed, collected, named, queued = depot.pack("vase", "lamp", "bowl", "mug")
    with transaction():
        a_placed_order()
        a_refund(RefundState.SUBMITTED)
    run("UPDATE activity SET state = 'done'")
    past = {"past": time() - timedelta(hours=2)}
    run("UPDATE test_parcel SET deadline_at = :past, state = 'Weighed' WHERE id = :id",
        id=weighed, **past)  # fmt: skip
    # The newer release has a deadline for a state that has none here.
    run("UPDATE test_parcel SET deadline_at = :past, state = 'Collected' WHERE id = :id",
        id=collected, **past)  # fmt: skip
    run("UPDATE orders SET state = 'Weighed' WHERE state = 'Pending'")
    run("UPDATE payment SET deadline_at = :past WHERE state = 'Pending'", **past)
    run("UPDATE refund SET poll_at = :past, state = 'Weighed'", **past)
    weigh = "UPDATE activity SET name = 'test.weigh', due_at = :past, state = :state"
    for parcel, state in ((named, "pending"), (queued, "queued")):
        run(f"{weigh} WHERE subject_id = :id", id=parcel, state=state, **past)
    with transaction():
        inbox.store("stripe", [("evt_1", "payment_intent.weighed", {"data": {"object": {}}})])
        inbox.store("courier", [("evt_2", "parcel.weighed", {})])


def test_the_sweep_leaves_what_it_does_not_know_as_it_is_and_says_nothing(
    unknown: None, time: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    before = load_all()
    for _ in range(3):
        time.advance(seconds=70)
        assert set(tasks.sweep.run().values()) == {0}
    assert load_all() == before
    assert loudly(caplog) == []


def test_what_it_knows_is_served_beside_it(
    unknown: None, depot: Depot, time: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    (parcel_id,) = depot.pack("plate")
    time.advance(hours=1)
    sweep.fire_deadlines()
    assert depot.state(parcel_id) == ParcelState.LOST
    assert loudly(caplog) == []


def test_a_kind_that_no_newer_release_has_read_within_the_hour_is_ignored(
    unknown: None, time: MovableClock
) -> None:
    time.advance(minutes=59)
    assert sweep.apply_signals() == 0
    time.advance(minutes=2)
    assert sweep.apply_signals() == 2
    assert load_signal("evt_1").state == SignalState.IGNORED


def test_a_worker_puts_off_the_calls_of_a_row_that_it_cannot_read(
    newer: None, depot: Depot, courier: Courier, caplog: pytest.LogCaptureFixture
) -> None:
    left, well = depot.pack("vase", "lamp")
    run("UPDATE test_parcel SET state = 'Weighed' WHERE id = :id", id=left)
    depot.run(left, well)
    activity = depot.activity(left)
    assert (activity.state, activity.attempts) == (ActivityState.WAITING, 0)
    assert activity.last_error == "its execution is in a state of a newer release"
    assert [call.subject_id for call in courier.calls] == [well]
    assert loudly(caplog) == []
    run("UPDATE test_parcel SET state = 'Packed' WHERE id = :id", id=left)
