"""Operators retry, abandon and cancel activities; the machine hears of each that ends."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text, update

from models import ActivityRow, ActivityState, transaction
from models.clock import MovableClock
from state_machines.durable import NonRetryableError, UnknownOutcomeError, inspection, sweep
from state_machines.durable.operations import commands
from state_machines.durable.operations.commands import OperationRefusedError
from tests.support.depot import Depot
from tests.support.parcel import Courier, Parcel, ParcelMachine, ParcelState


def cancel(activity_id: UUID, *, maybe_sent: bool = False) -> None:
    with transaction():
        commands.cancel(activity_id, operator="ann", reason="a test", maybe_sent=maybe_sent)


def put_parcel(parcel_id: UUID, state: ParcelState) -> None:
    with transaction() as session:
        session.execute(update(Parcel).where(Parcel.id == parcel_id).values(state=state))


def put(activity_id: UUID, state: ActivityState) -> None:
    with transaction() as session:
        session.execute(
            update(ActivityRow).where(ActivityRow.id == activity_id).values(state=state)
        )


@pytest.mark.parametrize("state", ["queued", "pending", "waiting"])
def test_a_cancelled_activity_has_failed_and_its_machine_knows(
    depot: Depot, courier: Courier, state: str
) -> None:
    (parcel_id,) = depot.pack("vase")
    put(depot.key(parcel_id), ActivityState(state))
    cancel(depot.key(parcel_id))
    activity = depot.activity(parcel_id)
    assert (activity.state, activity.attempts) == (ActivityState.FAILED, 0)
    assert activity.last_error == "cancelled by ann: a test"
    assert activity.finished_at is not None
    (error,) = courier.errors
    assert isinstance(error, NonRetryableError)
    assert depot.state(parcel_id) == ParcelState.LOST
    assert depot.history(parcel_id)[-1].reason == "cancelled by ann: a test"
    assert inspection.stuck(ParcelMachine) == []


def test_a_worker_that_has_the_message_of_a_cancelled_activity_makes_no_call(
    depot: Depot, courier: Courier
) -> None:
    (parcel_id,) = depot.pack("vase")
    cancel(depot.key(parcel_id))
    assert depot.run(parcel_id) == 0
    assert courier.calls == []


def test_a_cancelled_activity_is_retried_only_while_it_has_a_call_to_make(
    depot: Depot, courier: Courier
) -> None:
    (parcel_id,) = depot.pack("vase")
    key = depot.key(parcel_id)
    cancel(key)
    sentence = f"test.announce {key} has no call to make: its test_parcel is Lost"
    with pytest.raises(OperationRefusedError, match=sentence), transaction():
        commands.retry(key)
    assert depot.activity(parcel_id).state == ActivityState.FAILED
    put_parcel(parcel_id, ParcelState.PACKED)
    with transaction():
        commands.retry(key)
    depot.run(parcel_id)
    assert depot.activity(parcel_id).state == ActivityState.DONE
    assert len(courier.calls) == 1


def test_an_activity_that_cannot_be_prepared_is_retried_and_holds_back_no_other(
    depot: Depot, courier: Courier
) -> None:
    parcels = depot.pack("vase", "broken", "lamp")
    for parcel_id in parcels:
        put(depot.key(parcel_id), ActivityState.FAILED)
    put_parcel(parcels[2], ParcelState.LOST)
    courier.unaskable.add("broken")
    with transaction():
        counts, unneeded = commands.retry_all()
    assert (counts, list(unneeded)) == ({"test.announce": 2}, [depot.key(parcels[2])])


def test_a_running_activity_is_not_cancelled_and_the_refusal_names_the_end_of_its_lease(
    depot: Depot, courier: Courier
) -> None:
    (parcel_id,) = depot.pack("vase")
    depot.claim(parcel_id)
    ends_at = f"{depot.activity(parcel_id).due_at:%Y-%m-%d %H:%M:%S} UTC"
    with pytest.raises(OperationRefusedError, match=f"its lease ends at {ends_at}"):
        cancel(depot.key(parcel_id), maybe_sent=True)
    assert depot.activity(parcel_id).state == ActivityState.RUNNING
    assert depot.state(parcel_id) == ParcelState.PACKED


def test_the_activity_of_a_dead_worker_is_cancelled_with_one_more_unknown_outcome(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    (parcel_id,) = depot.pack("vase")
    claim = depot.claim(parcel_id)
    time.at = claim.until
    with pytest.raises(OperationRefusedError, match="1 of its attempts had no answer"):
        cancel(depot.key(parcel_id))
    assert depot.activity(parcel_id).unknown_outcomes == 0, "a refusal changes nothing"
    cancel(depot.key(parcel_id), maybe_sent=True)
    activity = depot.activity(parcel_id)
    assert (activity.state, activity.unknown_outcomes) == (ActivityState.FAILED, 1)
    assert activity.token is None
    assert [type(error) for error in courier.errors] == [UnknownOutcomeError]


@pytest.mark.parametrize("state", ["done", "failed", "abandoned"])
def test_an_activity_that_has_ended_is_not_cancelled(
    depot: Depot, courier: Courier, state: str
) -> None:
    (parcel_id,) = depot.pack("vase")
    put(depot.key(parcel_id), ActivityState(state))
    with pytest.raises(OperationRefusedError, match=f"is {state}: it has ended"):
        cancel(depot.key(parcel_id), maybe_sent=True)
    assert courier.errors == []


def test_a_call_that_may_have_been_made_is_cancelled_only_when_the_operator_says_so(
    depot: Depot, courier: Courier, time: MovableClock
) -> None:
    (parcel_id,) = depot.pack("vase")
    depot.claim(parcel_id)
    time.at = depot.activity(parcel_id).due_at
    sweep.due_activities()
    with pytest.raises(OperationRefusedError, match="1 of its attempts had no answer"):
        cancel(depot.key(parcel_id))
    assert depot.activity(parcel_id).state == ActivityState.PENDING
    cancel(depot.key(parcel_id), maybe_sent=True)
    (error,) = courier.errors
    # NonRetryableError would mean that the provider did not carry it out.
    assert isinstance(error, UnknownOutcomeError)
    assert depot.activity(parcel_id).state == ActivityState.FAILED


def test_an_unknown_outcome_of_an_earlier_activity_counts_for_a_later_one(
    depot: Depot, courier: Courier
) -> None:
    parcel_id, other = depot.pack("vase", "lamp")
    key, earlier = depot.key(parcel_id), depot.key(other)
    with transaction() as session:
        session.execute(
            text("UPDATE activity SET subject_id = :id, state = 'done', unknown_outcomes = 2"
                 " WHERE id = :earlier"),
            {"id": parcel_id, "earlier": earlier},
        )  # fmt: skip
    with pytest.raises(OperationRefusedError, match="2 of its attempts had no answer"):
        cancel(key)


def test_giving_up_that_raises_changes_nothing(depot: Depot, courier: Courier) -> None:
    (parcel_id,) = depot.pack("vase")
    courier.untellable.add("vase")
    before = depot.activity(parcel_id)
    with pytest.raises(OperationRefusedError, match=r"could not be told .* DivisionByZero"):
        cancel(depot.key(parcel_id))
    after = depot.activity(parcel_id)
    assert (after.state, after.last_error) == (before.state, before.last_error)
    assert after.state == ActivityState.PENDING
    assert depot.state(parcel_id) == ParcelState.PACKED


def test_an_activity_that_cannot_be_told_to_its_machine_is_left_to_that(
    depot: Depot, courier: Courier
) -> None:
    (parcel_id,) = depot.pack("vase")
    courier.trouble["vase"] = NonRetryableError("no such street")
    courier.untellable.add("vase")
    depot.run(parcel_id)
    with pytest.raises(OperationRefusedError, match="retry or abandon it"):
        cancel(depot.key(parcel_id))
    key = depot.key(parcel_id)
    with transaction():
        commands.abandon(key)
    assert depot.activity(parcel_id).state == ActivityState.ABANDONED


def test_an_activity_that_this_code_does_not_know_is_not_cancelled(depot: Depot) -> None:
    (parcel_id,) = depot.pack("vase")
    with transaction() as session:
        session.execute(text("UPDATE activity SET name = 'test.weigh'"))
    with pytest.raises(OperationRefusedError, match=r"knows no activity test\.weigh"):
        cancel(depot.key(parcel_id))


def test_only_what_has_failed_is_retried_or_abandoned(depot: Depot) -> None:
    (parcel_id,) = depot.pack("vase")
    key = depot.key(parcel_id)
    for operate in (commands.retry, commands.abandon):
        with pytest.raises(OperationRefusedError, match="is pending, not failed"), transaction():
            operate(key)
        with pytest.raises(OperationRefusedError, match="There is no activity"), transaction():
            operate(uuid4())
