"""A pause stops the claims of activities: nothing is lost, and deadlines that depend on it wait."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, inspect, select

import tasks.sweep
from models import (
    ActivityRow,
    ActivityState,
    Order,
    Pause,
    PauseKind,
    PaymentState,
    transaction,
)
from models.clock import MovableClock, now
from models.durable.activity import PUBLISHER_LEASE
from state_machines.durable import executor, inspection, sweep
from state_machines.durable.calls import batches
from state_machines.durable.operations import pauses
from state_machines.durable.operations.commands import OperationRefusedError
from state_machines.durable.unit_of_work import unit_of_work
from state_machines.order import OrderMachine
from tests.support.depot import Depot
from tests.support.factories import a_payment, a_placed_order
from tests.support.parcel import (
    Announce,
    Courier,
    Parcel,
    ParcelMachine,
    ParcelSignal,
    ParcelState,
)

PAUSES = [
    (PauseKind.ACTIVITY, Announce.name),
    (PauseKind.QUEUE, Announce.queue),
    (PauseKind.PROVIDER, Announce.provider or ""),
]
ANNOUNCE = PAUSES[0]


def pause(kind: PauseKind, name: str) -> None:
    with transaction():
        pauses.pause(kind, name, reason="the courier strikes", actor="ann")


def resume(kind: PauseKind, name: str) -> None:
    with transaction():
        pauses.extend_deadlines(kind, name, now())
        pauses.resume(kind, name)


def columns(row: ActivityRow) -> dict[str, object]:
    return {each.key: each.value for each in inspect(row).attrs if each.key != "secret"}


@pytest.mark.parametrize(("kind", "name"), PAUSES)
def test_a_paused_activity_stays_as_it_is_and_runs_after_the_pause(
    depot: Depot, courier: Courier, time: MovableClock, kind: PauseKind, name: str
) -> None:
    (parcel_id,) = depot.pack("vase")
    before = columns(depot.activity(parcel_id))
    pause(kind, name)
    assert depot.run(parcel_id) == 0
    assert columns(depot.activity(parcel_id)) == before
    time.advance(seconds=PUBLISHER_LEASE.total_seconds())
    assert sweep.due_activities() == [], "the sweep publishes nothing in vain"
    resume(kind, name)
    assert sweep.due_activities() == [(Announce.name, depot.key(parcel_id))]
    assert depot.run(parcel_id) == 1
    assert (depot.state(parcel_id), depot.activity(parcel_id).attempts) == (
        ParcelState.ANNOUNCED,
        1,
    )


def test_a_running_call_finishes_during_the_pause(depot: Depot, courier: Courier) -> None:
    (parcel_id,) = depot.pack("vase")
    batch = executor.prepare(Announce.name, [depot.key(parcel_id)])
    pause(*ANNOUNCE)
    batches.perform(batch)
    executor.finish(batch)
    assert depot.state(parcel_id) == ParcelState.ANNOUNCED


def test_retries_wait_during_the_pause_and_the_log_is_silent(
    depot: Depot, courier: Courier, time: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    (parcel_id,) = depot.pack("vase")
    courier.trouble["vase"] = TimeoutError("the line is dead")
    depot.run(parcel_id)
    del courier.trouble["vase"]
    pause(*ANNOUNCE)
    caplog.clear()
    for _ in range(3):
        time.advance(minutes=5)
        assert tasks.sweep.run()["activities"] == 0
        assert depot.run(parcel_id) == 0
    assert [each for each in caplog.records if each.levelno >= logging.INFO] == []
    resume(*ANNOUNCE)
    assert len(sweep.due_activities()) == 1
    assert depot.run(parcel_id) == 1
    assert depot.activity(parcel_id).attempts == 2


def test_activities_of_deadlines_stay_queued_during_the_pause(
    depot: Depot, time: MovableClock
) -> None:
    with transaction():
        unit_of_work().queues_activities = True
        parcel = Parcel(label="vase")
        ParcelMachine.begin(parcel, ParcelSignal.PACK)
    pause(*ANNOUNCE)
    time.advance(minutes=1)
    assert sweep.due_activities() == []
    assert depot.activity(parcel.id).state == ActivityState.QUEUED
    resume(*ANNOUNCE)
    time.advance(seconds=1)
    assert len(sweep.due_activities()) == 1


def test_a_deadline_waits_for_a_paused_activity_and_gets_its_full_interval_again(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    waiting, announced = depot.pack("vase", "lamp")
    depot.run(announced)
    pause(*ANNOUNCE)
    time.advance(hours=1)
    assert sweep.fire_deadlines() == 1, "the other one waits for no activity"
    assert (depot.state(waiting), depot.state(announced)) == (ParcelState.PACKED, ParcelState.LOST)
    time.advance(minutes=59)
    resume(*ANNOUNCE)
    assert depot.parcel(waiting).deadline_at == time() + timedelta(hours=1)
    time.advance(minutes=59)
    assert sweep.fire_deadlines() == 0
    time.advance(minutes=1)
    assert sweep.fire_deadlines() == 1
    assert depot.state(waiting) == ParcelState.LOST


def test_a_deadline_that_was_not_due_in_the_pause_gets_its_full_interval_again(
    depot: Depot, time: MovableClock
) -> None:
    (parcel_id,) = depot.pack("vase")
    pause(*ANNOUNCE)
    time.advance(minutes=59)
    with transaction():
        assert pauses.extend_deadlines(*ANNOUNCE, time()) == 1
    assert depot.parcel(parcel_id).deadline_at == time() + timedelta(hours=1)


def test_an_execution_waits_for_the_activity_of_its_child(database: object) -> None:
    with transaction():
        order_id = a_placed_order().order_id
    waiting = {
        name: select(Order.id).where(pauses.waits_for(OrderMachine, [name]))
        for name in ("payments.create_intent", "refunds.submit")
    }
    with transaction() as session:
        waiting_ids = {name: session.scalars(query).all() for name, query in waiting.items()}
    assert waiting_ids == {"payments.create_intent": [order_id], "refunds.submit": []}


def test_polls_of_a_paused_activity_are_not_scheduled(database: object, time: MovableClock) -> None:
    with transaction():
        a_payment(PaymentState.INITIATED, poll_at=time())
    pause(PauseKind.PROVIDER, "stripe")
    time.advance(minutes=10)
    assert [sweep.schedule_polls() for _ in range(3)] == [0, 0, 0]
    resume(PauseKind.PROVIDER, "stripe")
    assert sweep.schedule_polls() == 1


def test_a_paused_execution_is_reported_as_paused(depot: Depot, time: MovableClock) -> None:
    (parcel_id,) = depot.pack("vase")
    pause(*ANNOUNCE)
    time.advance(hours=2)
    (difference,) = inspection.stuck(ParcelMachine)
    assert (difference.id, difference.what) == (
        parcel_id,
        "test.announce is paused: the courier strikes",
    )


@pytest.mark.parametrize("kind", list(PauseKind))
def test_an_unknown_name_is_refused_with_the_known_names(depot: Depot, kind: PauseKind) -> None:
    known = {"activity": "test.announce", "queue": "depot", "provider": "courier"}[kind]
    with pytest.raises(OperationRefusedError, match=f"There is no {kind} nobody; .*{known}"):
        pause(kind, "nobody")
    assert paused() == []


def test_a_second_pause_and_a_resume_without_one_are_refused(depot: Depot) -> None:
    with pytest.raises(OperationRefusedError, match="announce is not paused"):
        resume(*ANNOUNCE)
    pause(*ANNOUNCE)
    with pytest.raises(OperationRefusedError, match="paused already"):
        pause(*ANNOUNCE)
    assert paused() == [Announce.name]


def paused() -> list[str]:
    with transaction() as session:
        return list(session.scalars(select(Pause.name)))


def test_two_pauses_end_when_both_are_resumed(depot: Depot, courier: Courier) -> None:
    (parcel_id,) = depot.pack("vase")
    pause(*PAUSES[0])
    pause(*PAUSES[2])
    resume(*PAUSES[0])
    assert depot.run(parcel_id) == 0
    resume(*PAUSES[2])
    assert depot.run(parcel_id) == 1


def test_a_pause_does_not_stop_an_activity_that_is_giving_up(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    giving_up, other = depot.pack("vase", "lamp")
    depot.fail_to_give_up(giving_up, courier)
    pause(*ANNOUNCE)
    time.advance(minutes=10)
    assert sweep.due_activities() == [(Announce.name, depot.key(giving_up))]
    assert depot.run(giving_up, other) == 1
    assert (depot.state(giving_up), depot.state(other)) == (ParcelState.LOST, ParcelState.PACKED)


def test_a_page_of_waiting_executions_costs_a_sweep_a_few_statements(
    depot: Depot, time: MovableClock
) -> None:
    parcels, statements = depot.pack(*map(str, range(50))), []
    pause(*ANNOUNCE)
    time.advance(hours=1)

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert sweep.fire_deadlines() == 0
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    about_parcels = [each for each in statements if "test_parcel" in each]
    assert len(about_parcels) < 10
    assert {depot.parcel(each).deadline_at for each in parcels} == {time() + timedelta(hours=1)}
