"""One transition is one commit: state, version, history, activities and deadline, or nothing."""

import threading
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from models import ActivityRow, ActivityState, Transition, transaction
from models.base import db
from models.clock import MovableClock
from models.durable.activity import PUBLISHER_LEASE
from state_machines.durable import SignalRefusedError, caused_by
from state_machines.durable.machine import NotLockedError
from state_machines.durable.unit_of_work import Committed, Move, after_commit, remove_listener
from tests.support.depot import Depot
from tests.support.parcel import Parcel, ParcelMachine, ParcelSignal, ParcelState


def test_beginning_an_execution_writes_state_history_activity_and_deadline(
    depot: Depot, time: MovableClock
) -> None:
    with caused_by("request", "r-1", actor="ann"):
        (parcel_id,) = depot.pack("vase")

    parcel, (birth,), activity = (
        depot.parcel(parcel_id),
        depot.history(parcel_id),
        depot.activity(parcel_id),
    )
    assert (parcel.state, parcel.version) == (ParcelState.PACKED, 1)
    assert parcel.deadline_at == time() + timedelta(hours=1)
    assert (birth.signal, birth.source, birth.target) == ("pack", None, "Packed")
    assert (birth.cause, birth.actor, birth.at) == ("request:r-1", "ann", time())
    assert (activity.name, activity.state) == ("test.announce", ActivityState.PENDING)
    assert activity.due_at == time() + PUBLISHER_LEASE, "until then it is its maker's to dispatch"


def test_a_crash_before_the_commit_leaves_nothing(depot: Depot, committed: list[Committed]) -> None:
    def crash() -> None:
        with transaction():
            ParcelMachine.begin(Parcel(label="vase"), ParcelSignal.PACK)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        crash()

    with transaction() as session:
        counts = [
            session.scalar(select(func.count()).select_from(table))
            for table in (Parcel, Transition, ActivityRow)
        ]
    assert counts == [0, 0, 0]
    assert committed == []


def test_the_next_transaction_commits_nothing_of_a_dead_connection(depot: Depot) -> None:
    def cut_off() -> None:
        with transaction() as session:
            ParcelMachine.begin(Parcel(label="vase"), ParcelSignal.PACK)
            pid = session.scalar(text("SELECT pg_backend_pid()"))
            with db.engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
            raise ZeroDivisionError

    with suppress(ZeroDivisionError, DBAPIError):
        cut_off()
    (lamp,) = depot.pack("lamp")
    with transaction() as session:
        assert list(session.scalars(select(Transition.subject_id))) == [lamp]
        assert list(session.scalars(select(ActivityRow.subject_id))) == [lamp]


def test_a_listener_that_fails_does_not_undo_the_commit(depot: Depot) -> None:
    def fail(_: Committed) -> None:
        raise ZeroDivisionError

    after_commit(fail)
    try:
        (parcel_id,) = depot.pack("vase")
    finally:
        remove_listener(fail)
    assert depot.state(parcel_id) == ParcelState.PACKED


def test_listeners_receive_commits_with_their_activities_and_transitions(
    depot: Depot, committed: list[Committed]
) -> None:
    first, second = depot.pack("vase", "lamp")
    depot.send(first, ParcelSignal.LOSE)

    born, lost = committed
    assert {name for name, _ in born.activities} == {"test.announce"}
    assert {key for _, key in born.activities} == {depot.activity(p).id for p in (first, second)}
    assert born.moves == frozenset(), "nobody can wait for what is being born"
    assert lost.activities == ()
    assert lost.moves == frozenset({Move("test_parcel", first, 2, first)})


def test_a_request_without_an_arrow_is_refused(depot: Depot) -> None:
    (parcel_id,) = depot.pack("vase")
    with pytest.raises(SignalRefusedError, match="Packed: no arrow for collect"):
        depot.send(parcel_id, ParcelSignal.COLLECT)
    assert depot.state(parcel_id) == ParcelState.PACKED
    assert len(depot.history(parcel_id)) == 1


def test_a_fact_without_an_arrow_is_recorded_as_ignored(depot: Depot) -> None:
    (parcel_id,) = depot.pack("vase")
    with transaction():
        parcel = ParcelMachine.lock([parcel_id])[parcel_id]
        moved = ParcelMachine.observe(parcel, ParcelSignal.COLLECT, reason="seen at the gate")
    last = depot.history(parcel_id)[-1]
    assert not moved
    assert (last.ignored, last.source, last.target) == (True, "Packed", "Packed")
    assert last.reason == "no arrow from Packed; seen at the gate"


def test_a_row_that_is_not_locked_cannot_move(depot: Depot) -> None:
    (parcel_id,) = depot.pack("vase")
    with pytest.raises(NotLockedError), transaction() as session:
        ParcelMachine.send(session.get_one(Parcel, parcel_id), ParcelSignal.LOSE)
    assert depot.state(parcel_id) == ParcelState.PACKED


def test_two_connections_race_for_one_row_and_one_wins(depot: Depot, app: Flask) -> None:
    (parcel_id,) = depot.pack("vase")
    start, outcomes = threading.Barrier(2), []

    def lose() -> None:
        with app.app_context():
            start.wait(5)
            try:
                depot.send(parcel_id, ParcelSignal.LOSE)
                outcomes.append("moved")
            except SignalRefusedError:
                outcomes.append("refused")

    racers = [threading.Thread(target=lose) for _ in range(2)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(10)

    assert sorted(outcomes) == ["moved", "refused"]
    assert [row.signal for row in depot.history(parcel_id)] == ["pack", "lose"]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE transition SET signal = 'x'", "DELETE FROM transition", "TRUNCATE transition"],
)
def test_history_cannot_be_changed(depot: Depot, statement: str) -> None:
    (parcel_id,) = depot.pack("vase")
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(text(statement))
    assert _signals(depot, parcel_id) == ["pack"]


def _signals(depot: Depot, parcel_id: UUID) -> list[str]:
    return [row.signal for row in depot.history(parcel_id)]
