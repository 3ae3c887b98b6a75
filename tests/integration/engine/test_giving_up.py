"""An activity fails only together with its machine: `give_up` is repeated until it succeeds."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text, update

from models import ActivityRow, ActivityState, transaction
from models.clock import MovableClock
from state_machines.durable import (
    CallError,
    NonRetryableError,
    RetryableError,
    UnknownOutcomeError,
    inspection,
    sweep,
)
from tests.support.depot import Depot
from tests.support.parcel import Announce, Courier, ParcelMachine, ParcelState, UnknownStreetError

TRIES = Announce.retry.attempts
LONG = timedelta(hours=1)


def run_when_due(depot: Depot, time: MovableClock, parcel_id: UUID, times: int = 1) -> None:
    """Let the sweep hand the parcel's activity out when it is due, and a worker run it."""
    for _ in range(times):
        time.at = max(time.at, depot.activity(parcel_id).due_at)
        sweep.due_activities()
        depot.run(parcel_id)


def die_with_it(depot: Depot, time: MovableClock, parcel_id: UUID) -> None:
    """Claim the activity as a worker does that dies; its lease runs out."""
    depot.claim(parcel_id)
    time.at = depot.activity(parcel_id).due_at
    sweep.due_activities()


@pytest.mark.parametrize("fault", ["unreadable", "unaskable"])
def test_a_machine_is_told_when_our_own_code_fails_until_the_last_attempt(
    depot: Depot, courier: Courier, time: MovableClock, fault: str
) -> None:
    (parcel_id,) = depot.pack("bomb")
    getattr(courier, fault).add("bomb")
    depot.run(parcel_id)
    run_when_due(depot, time, parcel_id, TRIES - 1)
    activity = depot.activity(parcel_id)
    assert (activity.state, activity.attempts) == (ActivityState.FAILED, TRIES)
    assert depot.state(parcel_id) == ParcelState.LOST
    assert inspection.stuck(ParcelMachine) == []


@pytest.mark.parametrize("error", [NonRetryableError("no such street"), RetryableError("busy")])
@pytest.mark.parametrize("last_try", ["call", "record", "prepare", "death"])
def test_a_failing_give_up_is_repeated_until_it_succeeds(
    depot: Depot, courier: Courier, time: MovableClock, last_try: str, error: Exception
) -> None:
    (parcel_id,) = depot.pack("vase")
    courier.untellable.add("vase")
    for _ in range(TRIES - 1):
        die_with_it(depot, time, parcel_id)
    if last_try == "call":
        courier.trouble["vase"] = error
    elif last_try == "record":
        courier.unreadable.add("vase")
    elif last_try == "prepare":
        courier.unaskable.add("vase")
    else:
        die_with_it(depot, time, parcel_id)
    depot.run(parcel_id)
    calls = len(courier.calls)

    waits = []
    for _ in range(4):
        activity = depot.activity(parcel_id)
        assert (activity.state, depot.state(parcel_id)) == ("waiting", ParcelState.PACKED)
        assert "DivisionByZero" in str(activity.last_error)
        (difference,) = inspection.stuck(ParcelMachine)
        assert difference.id == parcel_id
        assert "does not know that test.announce gave up: give_up:" in difference.what
        waits.append(activity.due_at - time())
        run_when_due(depot, time, parcel_id)
    assert waits == sorted(waits), "the intervals grow"
    assert waits[0] < waits[-1] < LONG

    courier.untellable.clear()
    run_when_due(depot, time, parcel_id)
    activity = depot.activity(parcel_id)
    assert (activity.state, activity.giving_up) == (ActivityState.FAILED, None)
    assert depot.state(parcel_id) == ParcelState.LOST
    assert len(courier.calls) == calls, "giving up makes no call"
    assert len(courier.errors) == 1
    permanent = last_try == "call" and isinstance(error, NonRetryableError)
    assert isinstance(courier.errors[0], NonRetryableError) == permanent
    assert inspection.stuck(ParcelMachine) == []


@pytest.mark.parametrize(
    "error",
    [
        UnknownStreetError("no such street", about="Elm Street"),
        NonRetryableError("no"),
        UnknownOutcomeError("no answer"),
        RetryableError("busy"),
    ],
)
def test_give_up_receives_the_same_error_when_it_is_repeated(
    depot: Depot, courier: Courier, time: MovableClock, error: CallError
) -> None:
    (parcel_id,) = depot.pack("vase")
    courier.trouble["vase"] = error
    courier.untellable.add("vase")
    depot.run(parcel_id)
    run_when_due(depot, time, parcel_id, TRIES)
    courier.untellable.clear()
    run_when_due(depot, time, parcel_id)
    (repeated,) = courier.errors
    assert isinstance(repeated, CallError)
    assert type(repeated) is type(error)
    assert (str(repeated), repeated.about) == (str(error), error.about)


@pytest.mark.parametrize("permanent", [True, False])
@pytest.mark.parametrize("further", [{}, {"kind": "ErrorOfAnotherReleaseError", "about": None}])
def test_give_up_is_repeated_for_errors_that_another_release_has_written(
    depot: Depot, courier: Courier, further: dict[str, object], *, permanent: bool
) -> None:
    (parcel_id,) = depot.pack("vase")
    written = {"error": "no", "permanent": permanent, "failures": 1, "newer": "field"} | further
    with transaction() as session:
        session.execute(update(ActivityRow).values(giving_up=written))
    depot.run(parcel_id)
    (repeated,) = courier.errors
    assert type(repeated) is (NonRetryableError if permanent else RetryableError)


def test_two_errors_of_one_name_are_refused() -> None:
    with pytest.raises(TypeError, match="UnknownStreetError"):
        type("UnknownStreetError", (NonRetryableError,), {})


def test_a_worker_that_dies_while_giving_up_is_replaced_and_makes_no_call(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    (parcel_id,) = depot.pack("vase")
    courier.trouble["vase"] = NonRetryableError("no such street")
    courier.untellable.add("vase")
    depot.run(parcel_id)
    before = depot.activity(parcel_id)
    time.at = before.due_at
    sweep.due_activities()
    die_with_it(depot, time, parcel_id)
    courier.untellable.clear()
    depot.run(parcel_id)
    after = depot.activity(parcel_id)
    assert after.state == ActivityState.FAILED
    assert (
        (after.attempts, after.unknown_outcomes)
        == (before.attempts, before.unknown_outcomes)
        == (1, 0)
    )
    assert depot.history(parcel_id)[-1].reason == "no such street"
    assert len(courier.calls) == 1


def test_a_failing_give_up_does_not_affect_its_batch(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    parcels = depot.pack("vase", "deaf", "lamp")
    courier.trouble |= dict.fromkeys(("vase", "deaf"), NonRetryableError("no such street"))
    courier.untellable.add("deaf")
    depot.run(*parcels)
    assert [depot.state(p) for p in parcels] == ["Lost", "Packed", "Announced"]
    states = [depot.activity(p).state for p in parcels]
    assert states == [ActivityState.FAILED, ActivityState.WAITING, ActivityState.DONE]


def test_an_activity_whose_secret_no_key_decrypts_gives_up_alone(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    parcels = depot.pack("vase", "sealed", "lamp")
    sealed = parcels[1]
    key = depot.key(sealed)
    with transaction() as session:
        session.execute(
            text("UPDATE activity SET secret = 'no token' WHERE id = :id"),
            {"id": key},
        )
    depot.run(*parcels)
    assert [depot.state(p) for p in parcels] == ["Announced", "Packed", "Announced"]
    activity = depot.activity(sealed)
    assert (activity.state, activity.attempts) == (ActivityState.WAITING, 1)
    assert activity.last_error == (
        "UnreadableSecretError: no key of ENCRYPTION_KEYS opens the secret"
    )
    run_when_due(depot, time, sealed, TRIES - 1)
    assert depot.activity(sealed).state == ActivityState.FAILED
    assert depot.state(sealed) == ParcelState.LOST
    assert len(courier.calls) == 2


def test_an_activity_without_its_execution_fails_alone(depot: Depot, courier: Courier) -> None:
    gone, well = depot.pack("vase", "lamp")
    key = depot.key(gone)
    with transaction() as session:
        session.execute(text("DELETE FROM test_parcel WHERE id = :id"), {"id": gone})
    depot.run(gone, well)
    with transaction() as session:
        state = session.get_one(ActivityRow, key).state
    assert (state, depot.state(well)) == (ActivityState.FAILED, ParcelState.ANNOUNCED)


def test_an_activity_with_more_attempts_than_allowed_gives_up_without_a_call(
    depot: Depot, courier: Courier
) -> None:
    (parcel_id,) = depot.pack("vase")
    with transaction() as session:
        session.execute(update(ActivityRow).values(attempts=TRIES))
    depot.run(parcel_id)
    assert (depot.state(parcel_id), courier.calls) == (ParcelState.LOST, [])
