"""The processes count at the places where things happen, once, and under names that are bounded."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

import redis_url
from config import settings
from models import metrics, transaction
from models.base import db
from models.clock import MovableClock
from state_machines.durable import (
    NonRetryableError,
    RetryableError,
    UnknownOutcomeError,
    inbox,
    sweep,
)
from state_machines.durable.base import handling
from state_machines.durable.base.handling import NoSubjectError
from state_machines.durable.inbox import receive
from state_machines.durable.unit_of_work import write_gathered
from tasks import dispatch
from tasks import sweep as ticks
from tasks.gateways.connection import operation_of
from tasks.queue_keys import list_names
from tests.support.counted import Counted, counting
from tests.support.depot import Depot
from tests.support.parcel import Courier, ParcelMachine, ParcelSignal
from tests.support.web import SignIn

SOURCE, NAME, MACHINE = "test-counted", "test.announce", "test_parcel"
DOORS = {"open": False}


def knock(kind: str, payload: dict[str, Any]) -> UUID:
    if not DOORS["open"]:
        raise RuntimeError("not now")
    parcel_id = UUID(payload["parcel"])
    rows = ParcelMachine.lock([parcel_id])
    if not rows:
        raise NoSubjectError("no such parcel")
    ParcelMachine.observe(rows[parcel_id], ParcelSignal(kind))
    return parcel_id


handling.handlers[SOURCE] = knock
handling.kinds[SOURCE] = frozenset({"lose"})


@pytest.fixture
def counted(app: Flask) -> Iterator[Counted]:
    DOORS["open"] = True
    with counting() as numbers:
        yield numbers


def lose_and_fail(parcel_id: UUID) -> None:
    with transaction():
        ParcelMachine.observe(ParcelMachine.lock([parcel_id])[parcel_id], ParcelSignal.LOSE)
        write_gathered()
        raise ZeroDivisionError


def outcomes(counted: Counted) -> dict[str, int]:
    """Return the numbers of attempts by outcome."""
    name = metrics.ACTIVITY_OUTCOMES.name
    return {key[2]: number for key, number in counted.numbers.items() if key[0] == name}


def test_a_transition_is_counted_by_its_arrow_when_it_is_committed(
    depot: Depot, counted: Counted
) -> None:
    (parcel_id,) = depot.pack("vase")
    with pytest.raises(ZeroDivisionError):
        lose_and_fail(parcel_id)
    assert counted.of(metrics.TRANSITIONS, MACHINE, "pack", "", "Packed", "false") == 1
    assert counted.of(metrics.TRANSITIONS) == 1
    for _ in range(2):
        with transaction():
            ParcelMachine.observe(ParcelMachine.lock([parcel_id])[parcel_id], ParcelSignal.LOSE)
    assert counted.of(metrics.TRANSITIONS, MACHINE, "lose", "Packed", "Lost", "false") == 1
    assert counted.of(metrics.TRANSITIONS, MACHINE, "lose", "Lost", "Lost", "true") == 1


@pytest.mark.parametrize(
    ("trouble", "outcome", "call", "unknown"),
    [
        (None, "done", "answered", 0),
        (RetryableError("busy"), "retried", "failed", 0),
        (NonRetryableError("no such street"), "failed", "failed", 0),
        (UnknownOutcomeError("no answer"), "retried", "unknown", 1),
    ],
)
def test_an_attempt_is_counted_by_its_outcome(
    depot: Depot,
    courier: Courier,
    counted: Counted,
    trouble: Exception | None,
    outcome: str,
    call: str,
    unknown: int,
) -> None:
    if trouble is not None:
        courier.trouble["vase"] = trouble
    depot.run(*depot.pack("vase"))
    assert outcomes(counted) == {outcome: 1}
    assert counted.of(metrics.ACTIVITY_PERFORM, NAME, call) == 1
    assert counted.of(metrics.ACTIVITY_UNKNOWN, NAME) == unknown
    assert counted.of(metrics.ACTIVITY_WAIT, NAME) == 1


def test_only_the_first_claim_counts_the_wait(
    depot: Depot, courier: Courier, counted: Counted, time: MovableClock
) -> None:
    courier.trouble["vase"] = RetryableError("busy")
    (parcel_id,) = depot.pack("vase")
    time.advance(seconds=7)
    depot.run(parcel_id)
    time.advance(minutes=5)
    sweep.due_activities()
    depot.run(parcel_id)
    assert counted.of(metrics.ACTIVITY_WAIT, NAME) == 1
    assert counted.seconds[metrics.ACTIVITY_WAIT.name, NAME] == 7
    assert outcomes(counted) == {"retried": 2}


def test_a_call_that_is_not_needed_or_postponed_is_no_attempt(
    depot: Depot, courier: Courier, counted: Counted
) -> None:
    lost, busy = depot.pack("lost", "busy")
    depot.send(lost, ParcelSignal.LOSE)
    courier.busy.add("busy")
    depot.run(lost, busy)
    assert outcomes(counted) == {"unneeded": 1}
    assert counted.of(metrics.ACTIVITY_PERFORM) == 0


def test_a_message_is_counted_by_how_it_ended(depot: Depot, counted: Counted) -> None:
    (parcel_id,) = depot.pack("vase")
    payload = {"parcel": str(parcel_id)}
    receive(SOURCE, "e-1", "lose", payload)
    receive(SOURCE, "e-1", "lose", payload)
    receive(SOURCE, "e-2", "lose", {"parcel": str(uuid4())})
    inbox.receive_all(SOURCE, [("e-3", "lose", payload), ("e-4", "lose", payload)])
    assert counted.of(metrics.SIGNALS, SOURCE, "lose", "applied") == 3
    assert counted.of(metrics.SIGNALS, SOURCE, "lose", "repeated") == 1
    assert counted.of(metrics.SIGNALS, SOURCE, "lose", "unmatched") == 1
    assert counted.of(metrics.SIGNAL_LAG, SOURCE) == 3


def test_a_kind_that_nothing_reads_makes_no_series_of_its_own(
    depot: Depot, counted: Counted
) -> None:
    receive(SOURCE, "e-1", uuid4().hex, {"parcel": str(uuid4())})
    assert counted.of(metrics.SIGNALS, SOURCE, metrics.OTHER) == 1


def test_a_message_that_is_applied_later_has_a_lag(
    depot: Depot, counted: Counted, time: MovableClock
) -> None:
    (parcel_id,) = depot.pack("vase")
    DOORS["open"] = False
    receive(SOURCE, "e-1", "lose", {"parcel": str(parcel_id)})
    sweep.apply_signals()
    DOORS["open"] = True
    time.advance(seconds=30)
    sweep.apply_signals()
    kept = [counted.of(metrics.SIGNALS, SOURCE, "lose", outcome)
            for outcome in ("stored", "put_off", "applied")]  # fmt: skip
    assert kept == [1, 1, 1]
    assert counted.seconds[metrics.SIGNAL_LAG.name, SOURCE] == 30


def test_a_deadline_is_counted_with_its_lag(
    depot: Depot, counted: Counted, time: MovableClock
) -> None:
    depot.pack("vase")
    time.advance(hours=1, seconds=12)
    sweep.fire_deadlines()
    assert counted.of(metrics.DEADLINE_LAG, MACHINE) == 1
    assert counted.seconds[metrics.DEADLINE_LAG.name, MACHINE] == 12


def test_each_part_of_a_sweep_is_counted(app: Flask, counted: Counted) -> None:
    ticks.run()
    for part in ticks.PARTS:
        assert counted.of(metrics.SWEEP_SECONDS, part) == 1
    assert counted.of(metrics.SWEEP_FAILURES) == 0


@pytest.fixture
def broken_queue(app: Flask) -> Iterator[None]:
    """Put something that is no list in the place of the emails' queue."""
    broker, (_, queue) = redis_url.connect(settings.redis_url), list_names("emails")
    broker.delete(queue)
    broker.set(queue, "no list")
    yield
    broker.delete(queue)


def test_messages_that_reach_nobody_are_counted(broken_queue: None, counted: Counted) -> None:
    dispatch.publish_or_complain("payments.retrieve_intent", [uuid4(), uuid4()])
    dispatch.publish_or_complain("emails.order_failed", [uuid4()])
    assert counted.of(metrics.PUBLISHED, "payments.retrieve_intent") == 2
    assert counted.of(metrics.PUBLISH_FAILURES, "emails.order_failed") == 1


def test_a_request_is_counted_by_its_rule(
    client: FlaskClient, sign_in: SignIn, counted: Counted
) -> None:
    person = sign_in()
    reference = uuid4().hex
    client.get(f"/order/status/{reference}", headers=person.headers)
    client.get(f"/{uuid4().hex}")
    client.open("/product", method="KNOCK")
    client.get("/health")
    labels = ("order", "/order/status/<referenceId>", "GET")
    assert counted.of(metrics.HTTP_REQUESTS, *labels, "404") == 1
    assert counted.of(metrics.HTTP_SECONDS, *labels) == 1
    assert counted.of(metrics.HTTP_REQUESTS, "pages", metrics.OTHER, "GET", "404") == 1
    assert counted.of(metrics.HTTP_REQUESTS, "pages", metrics.OTHER, metrics.OTHER, "405") == 1
    assert not [key for key in counted.numbers if reference in str(key) or "/health" in key]


def test_a_connection_counts_while_it_is_held(app: Flask, counted: Counted) -> None:
    db.session.remove()
    with transaction() as session:
        session.connection()
        metrics.sample()
        assert counted.of(metrics.POOL_IN_USE) == counted.of(metrics.POOL_SHARE) == 1
    db.session.remove()
    metrics.sample()
    assert counted.of(metrics.POOL_IN_USE) == counted.of(metrics.POOL_SHARE) == 0


@pytest.mark.parametrize(
    ("method", "url", "operation"),
    [
        ("POST", "https://api.stripe.com/v1/payment_intents/pi_3Qx/cancel",
         "POST payment_intents cancel"),
        ("GET", "https://api.stripe.com/v1/events?limit=100", "GET events"),
        ("POST", "http://127.0.0.1:8090/v3/mail/send", "POST mail send"),
        ("GET", "https://api.stripe.com/v1/payment_intents/../../mail", "GET payment_intents mail"),
        ("GET", "https://api.stripe.com/v9/ann@example.com", "GET"),
    ],
)  # fmt: skip
def test_an_operation_of_a_provider_has_no_id(method: str, url: str, operation: str) -> None:
    assert operation_of(method, url) == operation
