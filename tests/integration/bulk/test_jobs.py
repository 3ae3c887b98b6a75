"""Bulk jobs: batches with a result for each row, pauses, cancellation, and what is refused."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from models import (
    ActivityRow,
    ActivityState,
    AuditRow,
    Bulk,
    BulkAction,
    BulkState,
    SignalRow,
    SignalState,
    Transition,
    transaction,
)
from models.base import db
from models.errors import ConflictError, InvalidInputError
from state_machines.actions import bulk_job
from state_machines.actions.selection import LOCKED, NO_MATCH, Filters
from state_machines.bulk import BulkMachine, BulkSignal
from state_machines.durable import inbox, inspection
from tasks.bulk import Work
from tests.support.bulk_jobs import BATCH, boxes, load, numbers, refusals, start, work
from tests.support.depot import Depot
from tests.support.parcel import Courier, Parcel, ParcelSignal


def send(job: Bulk, signal: BulkSignal) -> None:
    with transaction():
        BulkMachine.send(BulkMachine.lock([job.id])[job.id], signal)


def fail(depot: Depot, *labels: str) -> list[UUID]:
    """Pack parcels whose activities have failed; return the ids of the activities."""
    parcels = depot.pack(*labels)
    with transaction() as session:
        session.execute(
            update(ActivityRow)
            .where(ActivityRow.subject_id.in_(parcels))
            .values(state=ActivityState.FAILED, last_error="busy")
        )
        ids = select(ActivityRow.id).where(ActivityRow.subject_id.in_(parcels))
        return sorted(session.scalars(ids))


def states(ids: list[UUID]) -> list[str]:
    with transaction() as session:
        query = select(ActivityRow.state).where(ActivityRow.id.in_(ids))
        return list(session.scalars(query.order_by(ActivityRow.id)))


def test_all_failed_activities_run_again_batch_by_batch(depot: Depot) -> None:
    ids = fail(depot, *boxes(2 * BATCH + 1))
    job = start(BulkAction.RETRY)
    assert numbers(job) == (2 * BATCH + 1, 0, 0, 0)
    assert work(job, batches=1) == 1
    assert numbers(job) == (BATCH + 1, BATCH, 0, 0)
    work(job)
    assert (load(job).state, numbers(job)) == (BulkState.DONE, (0, 2 * BATCH + 1, 0, 0))
    assert set(states(ids)) == {"pending"}
    with transaction() as session:
        audits = session.scalars(select(AuditRow).where(AuditRow.action == "activities retry"))
        retried = [(row.actor, row.details["counts"]["retried"]) for row in audits]
    assert retried == [("ann", BATCH), ("ann", BATCH), ("ann", 1)]
    assert list(inspection.verify(BulkMachine)) == []


def test_no_more_rows_than_confirmed_the_oldest_first(depot: Depot) -> None:
    ids = fail(depot, *boxes(5))
    work(start(BulkAction.RETRY, limit=3))
    assert states(ids) == ["pending"] * 3 + ["failed"] * 2


def test_rows_that_changed_meanwhile_or_are_locked_are_refused_and_others_are_not(
    app: Flask, depot: Depot
) -> None:
    gone, locked, *others = ids = fail(depot, *boxes(5))
    job = start(BulkAction.RETRY)
    with transaction() as session:
        session.execute(
            update(ActivityRow).where(ActivityRow.id == gone).values(state=ActivityState.ABANDONED)
        )
    with db.engine.begin() as connection:
        connection.execute(select(ActivityRow.id).where(ActivityRow.id == locked).with_for_update())
        work(job)
    assert numbers(job) == (0, 3, 0, 2)
    assert refusals(job) == {gone: NO_MATCH, locked: LOCKED}
    assert states(ids) == ["abandoned", "failed", *["pending"] * len(others)]


def test_a_paused_job_does_nothing_until_it_is_resumed(depot: Depot) -> None:
    ids = fail(depot, *boxes(2 * BATCH))
    job = start(BulkAction.RETRY)
    work(job, batches=1)
    send(job, BulkSignal.PAUSE)
    work(job)
    assert (load(job).state, states(ids).count("pending")) == (BulkState.PAUSED, BATCH)
    assert inspection.stuck(BulkMachine) == []
    send(job, BulkSignal.RESUME)
    work(job)
    assert (load(job).state, states(ids).count("pending")) == (BulkState.DONE, 2 * BATCH)


def test_pauses_in_quick_succession_leave_one_chain_of_batches(depot: Depot) -> None:
    fail(depot, *boxes(6 * BATCH))
    job = start(BulkAction.RETRY)
    for _ in range(2):
        send(job, BulkSignal.PAUSE)
        send(job, BulkSignal.RESUME)
    with transaction() as session:
        is_open = ActivityRow.is_open(Work.name, [job.id])
        assert len(session.scalars(select(ActivityRow.id).where(is_open)).all()) == 3
    work(job, batches=1)
    with transaction() as session:
        assert len(session.scalars(select(ActivityRow.id).where(is_open)).all()) == 1
    work(job)
    assert (load(job).state, numbers(job)) == (BulkState.DONE, (0, 6 * BATCH, 0, 0))


@pytest.mark.parametrize("earlier", [(), (BulkSignal.PAUSE,), (BulkSignal.GIVE_UP,)])
def test_a_cancelled_job_leaves_the_rows_that_wait(
    depot: Depot, earlier: tuple[BulkSignal, ...]
) -> None:
    ids = fail(depot, *boxes(2 * BATCH))
    job = start(BulkAction.RETRY)
    work(job, batches=1)
    for signal in (*earlier, BulkSignal.CANCEL):
        send(job, signal)
    work(job)
    assert (load(job).state, numbers(job)) == (BulkState.CANCELLED, (BATCH, BATCH, 0, 0))
    assert states(ids).count("failed") == BATCH


def test_cancelled_activities_tell_their_machines_and_a_deaf_one_is_refused(
    depot: Depot, courier: Courier
) -> None:
    parcels = depot.pack("vase", "lamp", "bowl")
    courier.untellable.add("lamp")
    job = start(BulkAction.CANCEL)
    work(job)
    assert (load(job).state, numbers(job)) == (BulkState.DONE, (0, 2, 0, 1))
    assert [depot.state(parcel) for parcel in parcels] == ["Lost", "Packed", "Lost"]
    assert [depot.activity(parcel).state for parcel in parcels] == ["failed", "pending", "failed"]
    last = depot.history(parcels[0])[-1]
    assert (last.cause, last.actor) == (f"bulk:{job.id}", "ann")
    assert "could not be told" in str(refusals(job)[depot.key(parcels[1])])


def test_failed_activities_are_abandoned(depot: Depot) -> None:
    ids = fail(depot, "vase", "lamp")
    work(start(BulkAction.ABANDON, filters=Filters(ids=tuple(ids[:1]))))
    assert states(ids) == ["abandoned", "failed"]


def test_a_signal_moves_executions_and_a_refused_one_stops_no_other(
    app: Flask, depot: Depot, courier: Courier
) -> None:
    parcels = sorted(depot.pack("vase", "lamp", "bowl", "tray"))
    depot.run(*parcels)
    filters = Filters(machine="test_parcel", state="Announced")
    job = start(BulkAction.SIGNAL, filters=filters, options={"signal": "collect"})
    depot.send(parcels[0], ParcelSignal.LOSE)
    with db.engine.begin() as connection:
        locked = select(Parcel.id).where(Parcel.id == parcels[1])
        connection.execute(locked.with_for_update())
        work(job)
    assert numbers(job) == (0, 2, 0, 2)
    assert refusals(job) == {parcels[0]: "It is Lost now", parcels[1]: LOCKED}
    assert [depot.state(parcel) for parcel in parcels] == [
        "Lost", "Announced", "Collected", "Collected",
    ]  # fmt: skip
    last = depot.history(parcels[2])[-1]
    assert (last.signal, last.reason, last.actor) == ("collect", "strike is over", "ann")


def test_failed_signals_are_applied_again(app: Flask) -> None:
    with transaction():
        inbox.store("stripe", [("evt_1", "refund.failed", {}), ("evt_2", "refund.failed", {})])
    with transaction() as session:
        session.execute(update(SignalRow).values(state=SignalState.FAILED))
    job = start(BulkAction.REPLAY, filters=Filters(source="stripe"))
    work(job)
    assert numbers(job) == (0, 2, 0, 0)
    with transaction() as session:
        assert set(session.scalars(select(SignalRow.state))) == {SignalState.STORED}


def test_nothing_that_matches_begins_no_job(app: Flask) -> None:
    with pytest.raises(ConflictError, match="No row matches"):
        start(BulkAction.RETRY)
    with transaction() as session:
        assert session.scalars(select(Bulk)).all() == []
        assert session.scalars(select(Transition)).all() == []


@pytest.mark.parametrize(
    ("action", "filters", "options", "field"),
    [
        (BulkAction.RETRY, Filters(machine="parsel"), {}, "filter.machine"),
        (BulkAction.SIGNAL, Filters(state="Packed"), {"signal": "collect"}, "filter.machine"),
        (BulkAction.SIGNAL, Filters(machine="login", state="Expired"), {}, "signal"),
        (BulkAction.SIGNAL, Filters(machine="test_parcel", state="X"), {"signal": "collect"},
         "filter.state"),
    ],
)  # fmt: skip
def test_a_wrong_filter_is_named(
    app: Flask, action: BulkAction, filters: Filters, options: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        bulk_job.select_rows(action, filters, options)
    assert refused.value.field == field


def test_a_batch_that_cannot_be_committed_fails_the_job_which_can_be_resumed(
    app: Flask, depot: Depot
) -> None:
    ids = fail(depot, "vase")
    job = start(BulkAction.RETRY)
    with transaction() as session:
        is_open = ActivityRow.is_open(Work.name, [job.id])
        row = session.scalars(select(ActivityRow).where(is_open)).one()
        row.attempts = Work.retry.attempts
    # The worker that claims it after the last attempt gives up.
    work(job)
    assert load(job).state == BulkState.FAILED
    assert states(ids) == ["failed"]
    send(job, BulkSignal.RESUME)
    work(job)
    assert (load(job).state, states(ids)) == (BulkState.DONE, ["pending"])
