"""Tests of the inbox: an acknowledged signal is stored once, and applied now or later."""

import threading
from typing import Any
from uuid import UUID

from flask import Flask

from models import SignalState, transaction
from models.clock import MovableClock
from state_machines.durable import inbox, sweep
from state_machines.durable.base import handling
from state_machines.durable.base.handling import NoSubjectError, NotOursError, Outcome
from state_machines.durable.inbox import receive, receive_all
from tests.support.depot import Depot, load_signal
from tests.support.parcel import ParcelMachine, ParcelSignal, ParcelState

out_of_order: set[str] = set()


def apply(kind: str, payload: dict[str, Any]) -> UUID:
    if kind == "weather":
        raise NotOursError("we do not care for the weather")
    parcel_id = UUID(payload["parcel"])
    parcel = ParcelMachine.lock([parcel_id]).get(parcel_id)
    if parcel is None:
        raise NoSubjectError(f"no parcel {parcel_id}")
    ParcelMachine.observe(parcel, ParcelSignal(kind))
    if "gate" in out_of_order:
        raise RuntimeError("the gate is out of order")
    return parcel_id


def hear(source: str, external_id: str, kind: str, outcome: Outcome) -> None:
    if "watcher" in out_of_order and source == "test-gate":
        raise RuntimeError("the watcher is out of order")


handling.handlers["test-gate"] = apply
handling.watchers.append(hear)


def test_a_repeated_signal_is_applied_once(depot: Depot) -> None:
    (parcel_id,) = depot.pack("vase")
    payload = {"parcel": str(parcel_id)}
    answers = [receive("test-gate", "e-1", "lose", payload) for _ in range(3)]
    assert answers == [SignalState.APPLIED, None, None]
    assert [row.signal for row in depot.history(parcel_id)] == ["pack", "lose"]
    assert depot.history(parcel_id)[-1].cause == "signal:test-gate:e-1"
    assert load_signal("e-1").subject_id == parcel_id


def test_signals_that_arrive_together_are_applied_in_their_order(depot: Depot) -> None:
    vase, lamp = depot.pack("vase", "lamp")
    story = [("e-1", "announced", vase), ("e-2", "collect", vase), ("e-3", "lose", lamp)]
    signals = [(key, kind, {"parcel": str(parcel)}) for key, kind, parcel in story]
    receive_all("test-gate", [*signals, ("e-4", "weather", {"rain": True}), signals[0]])
    assert (depot.state(vase), depot.state(lamp)) == (ParcelState.COLLECTED, ParcelState.LOST)
    assert [row.signal for row in depot.history(vase)] == ["pack", "announced", "collect"]
    assert (load_signal("e-2").subject_id, load_signal("e-2").attempts) == (vase, 1)
    assert load_signal("e-4").state == SignalState.IGNORED


def test_a_failing_signal_does_not_affect_those_that_arrived_with_it(depot: Depot) -> None:
    vase, lamp = depot.pack("vase", "lamp")
    no_parcel = ("e-2", "lose", {"parcel": "no id"})
    signals = [("e-1", "lose", {"parcel": str(vase)}), no_parcel]
    receive_all("test-gate", [*signals, ("e-3", "lose", {"parcel": str(lamp)})])
    assert {depot.state(p) for p in (vase, lamp)} == {ParcelState.LOST}
    assert load_signal("e-2").state == SignalState.STORED


def test_the_same_signal_from_two_connections_at_once_is_applied_once(
    depot: Depot, app: Flask
) -> None:
    (parcel_id,) = depot.pack("vase")
    start, answers = threading.Barrier(4), []

    def deliver() -> None:
        with app.app_context():
            start.wait(5)
            answers.append(receive("test-gate", "e-1", "lose", {"parcel": str(parcel_id)}))

    couriers = [threading.Thread(target=deliver) for _ in range(4)]
    for courier in couriers:
        courier.start()
    for courier in couriers:
        courier.join(10)
    assert answers.count(SignalState.APPLIED) == 1
    assert answers.count(None) == 3
    assert len(depot.history(parcel_id)) == 2


def test_a_signal_that_cannot_be_applied_now_is_stored_and_applied_later(
    depot: Depot, time: MovableClock
) -> None:
    (parcel_id,) = depot.pack("vase")
    out_of_order.add("gate")
    try:
        assert receive("test-gate", "e-1", "lose", {"parcel": str(parcel_id)}) == "stored"
        assert depot.state(parcel_id) == ParcelState.PACKED, "half an application is none"
        assert sweep.apply_signals() == 1
        waiting = load_signal("e-1")
        assert (waiting.state, waiting.attempts) == (SignalState.STORED, 1)
        assert waiting.last_error == "RuntimeError: the gate is out of order"
    finally:
        out_of_order.clear()

    assert sweep.apply_signals() == 0, "it backs off"
    time.at = waiting.due_at
    assert sweep.apply_signals() == 1
    assert (load_signal("e-1").state, depot.state(parcel_id)) == (
        SignalState.APPLIED,
        ParcelState.LOST,
    )


def test_a_signal_whose_failure_cannot_be_recorded_is_retried_and_stops_no_other(
    depot: Depot, time: MovableClock
) -> None:
    (lamp,) = depot.pack("lamp")
    no_parcel = {"parcel": "no id"}
    receive("test-gate", "e-1", "lose", no_parcel)
    with transaction():
        inbox.store("test-gate", [("e-2", "lose", {"parcel": str(lamp)})])
    out_of_order.add("watcher")
    try:
        for _ in range(inbox.RETRY.attempts + 1):
            sweep.apply_signals()
            assert load_signal("e-1").state == SignalState.STORED, "nobody was told"
            time.at = max(load_signal("e-1").due_at, load_signal("e-2").due_at)
    finally:
        out_of_order.clear()
    sweep.apply_signals()
    sweep.apply_signals()
    assert (load_signal("e-1").state, load_signal("e-2").state) == ("failed", "applied")
    assert depot.state(lamp) == ParcelState.LOST


def test_a_signal_about_an_unknown_object_is_stored(database: object) -> None:
    stranger = "00000000-0000-7000-8000-000000000000"
    assert receive("test-gate", "e-2", "lose", {"parcel": stranger}) == SignalState.UNMATCHED
    assert stranger in str(load_signal("e-2").last_error)


def test_a_signal_of_an_unknown_kind_is_stored_as_ignored(database: object) -> None:
    assert receive("test-gate", "e-3", "weather", {"rain": True}) == SignalState.IGNORED
    assert load_signal("e-3").payload == {"rain": True}
