"""The gauges equal what is in PostgreSQL, and each is declared."""

from datetime import timedelta
from math import inf
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, event, insert, update

from exporter import collector, engine, gauges
from exporter.groups import Group
from exporter.money import FLOWS, Today
from models import (
    ActivityRow,
    ActivityState,
    NoticeKind,
    PauseKind,
    Payment,
    PaymentState,
    SignalRow,
    SignalState,
    Sweep,
    Transition,
    reading,
    transaction,
)
from models.base import db
from models.clock import MovableClock, now
from models.ids import uuid7
from models.metrics import Counter, Metric
from models.notice import open_notice
from state_machines.actions import reconcile
from state_machines.durable import RetryableError, inbox, sweep
from state_machines.durable.operations import pauses
from tasks.activities import ACTIVITIES
from tests.support.depot import Depot
from tests.support.factories import a_dispute, a_login, a_payment, a_refund
from tests.support.parcel import Courier

Numbers = dict[tuple[str, ...], float]


def read(app: Flask) -> Numbers:
    """Read all gauges anew, as a scrape does, by their name and the values of their labels."""
    for group in (collector.SERVER, *collector.GROUPS):
        group.forget()
    db.session.remove()
    text = collector.expose(collector.make_registry(app)).decode()
    labels = {metric.name: metric.labels for metric in gauges.ALL}
    return {
        (sample.name, *(sample.labels[name] for name in labels[sample.name])): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def of(numbers: Numbers, metric: Metric, *labels: str) -> float:
    return numbers[metric.name, *labels]


def test_an_empty_shop_has_every_gauge(app: Flask) -> None:
    numbers = read(app)
    names = {name for name, *_ in numbers}
    # Before the first reconciliation it has no age.
    assert names == {metric.name for metric in gauges.ALL} - {gauges.RECONCILIATION_AGE.name}
    assert of(numbers, gauges.SWEEP_AGE) == inf, "no sweep yet is worse than a late one"
    assert of(numbers, gauges.DATABASE_UP) == 1
    assert not [
        key for key, failed in numbers.items() if key[0] == gauges.GROUP_FAILED.name and failed
    ]
    assert of(numbers, gauges.MONEY, "captured", "usd") == 0


def test_activities_are_counted_by_the_queue_of_their_workers(
    app: Flask, depot: Depot, time: MovableClock
) -> None:
    _, failed, queued, running, later = depot.pack("a", "b", "c", "d", "e")
    time.advance(seconds=40)
    states: dict[UUID, dict[str, Any]] = {
        failed: {"state": ActivityState.FAILED},
        queued: {"state": ActivityState.QUEUED},
        running: {"state": ActivityState.RUNNING, "due_at": now() + timedelta(seconds=9)},
        later: {"state": ActivityState.WAITING, "due_at": now() + timedelta(seconds=3)},
    }
    with transaction() as session:
        for parcel_id, values in states.items():
            row = ActivityRow.subject_id == parcel_id
            session.execute(update(ActivityRow).where(row).values(**values))
    numbers = read(app)
    for metric, number in (
        (gauges.ACTIVITIES_DUE, 1),
        (gauges.ACTIVITIES_RUNNING, 1),
        (gauges.ACTIVITIES_QUEUED, 1),
        (gauges.ACTIVITIES_FAILED, 1),
        # Due ten seconds after they were made: the publisher has them for so long.
        (gauges.ACTIVITIES_OLDEST, 30),
    ):
        assert of(numbers, metric, "emails") == number, metric.name
        assert of(numbers, metric, "payments") == 0


def test_what_no_worker_takes_grows_old_while_the_sweep_publishes_it(
    app: Flask, depot: Depot, time: MovableClock
) -> None:
    depot.pack("vase")
    for _ in range(20):
        time.advance(seconds=10)
        assert len(sweep.due_activities()) == 1
    numbers = read(app)
    assert of(numbers, gauges.ACTIVITIES_DUE, "emails") == 1
    assert of(numbers, gauges.ACTIVITIES_OLDEST, "emails") == 190


def test_the_wait_of_a_later_attempt_counts_from_its_own_time(
    app: Flask, depot: Depot, courier: Courier, time: MovableClock
) -> None:
    (vase,) = depot.pack("vase")
    time.advance(seconds=600)
    sweep.due_activities()
    courier.trouble["vase"] = RetryableError("no answer")
    depot.run(vase)
    time.at = depot.activity(vase).due_at + timedelta(seconds=1)
    assert len(sweep.due_activities()) == 1
    assert of(read(app), gauges.ACTIVITIES_OLDEST, "emails") == 1


def test_an_activity_that_no_queue_knows_stops_no_gauge(
    app: Flask, depot: Depot, time: MovableClock
) -> None:
    depot.pack("vase", "lamp")
    time.advance(seconds=40)
    with transaction() as session:
        session.execute(update(ActivityRow).values(name="unknown"))
    assert of(read(app), gauges.GROUP_FAILED, "activities") == 0


def test_the_queues_are_those_of_the_activities() -> None:
    assert {each.name: engine.queue_of(each.name) for each in ACTIVITIES} == {
        each.name: each.queue for each in ACTIVITIES
    }


def test_overdue_deadlines_are_counted_by_machine(app: Flask, time: MovableClock) -> None:
    with transaction():
        a_login(deadline_at=now() + timedelta(seconds=5))
        a_payment(deadline_at=now() + timedelta(minutes=5))
    time.advance(seconds=65)
    numbers = read(app)
    assert of(numbers, gauges.DEADLINES_OVERDUE, "login") == 1
    assert of(numbers, gauges.DEADLINES_OLDEST, "login") == 60
    assert of(numbers, gauges.DEADLINES_OVERDUE, "payment") == 0


def test_what_waits_for_an_operator_is_counted(app: Flask) -> None:
    with transaction() as session:
        inbox.store("stripe", [("evt_1", "refund.failed", {}), ("evt_2", "refund.failed", {})])
        first = SignalRow.external_id == "evt_1"
        session.execute(update(SignalRow).where(first).values(state=SignalState.FAILED))
        open_notice(None, NoticeKind.UNREAD_EVENT, "thin events", subject="v2.core")
        pauses.pause(PauseKind.PROVIDER, "courier", reason="strike", actor="ann")
        a_payment(PaymentState.CANCELLING)
    numbers = read(app)
    assert of(numbers, gauges.SIGNALS_WAITING, "stripe", "failed") == 1
    assert of(numbers, gauges.SIGNALS_WAITING, "stripe", "stored") == 1
    assert of(numbers, gauges.NOTICES_OPEN, "unread_event") == 1
    assert of(numbers, gauges.PAUSES) == 1
    assert of(numbers, gauges.STUCK) >= 1


def test_what_repeats_has_an_age(app: Flask, time: MovableClock) -> None:
    with transaction() as session:
        session.execute(insert(Sweep).values(id=1, at=now(), allowance=1))
        reconcile.ensure_reconciliation()
    time.advance(seconds=90)
    numbers = read(app)
    assert of(numbers, gauges.SWEEP_AGE) == of(numbers, gauges.RECONCILIATION_AGE) == 90


def test_the_money_of_today_is_summed_by_currency(app: Flask, time: MovableClock) -> None:
    paid = {"captured": 5900, "captured_currency": "usd"}
    with transaction():
        a_payment(PaymentState.SUCCESS, **paid)
    time.advance(days=1)
    with transaction():
        payment = a_payment(PaymentState.SUCCESS, **paid)
        a_payment(PaymentState.SUCCESS, captured=700, captured_currency="jpy")
        a_refund(order=payment.order, amount=400)
        a_dispute(order=payment.order, amount=300)
    numbers = read(app)
    flows = {"captured": 5900, "refunded": 400, "disputed": 300}
    assert {flow: of(numbers, gauges.MONEY, flow, "usd") for flow in flows} == flows
    assert of(numbers, gauges.MONEY, "captured", "jpy") == 700


def test_a_reading_sums_three_hours_and_each_hour_has_its_turn(
    app: Flask, time: MovableClock
) -> None:
    time.at = time.at.replace(hour=1, minute=30) + timedelta(days=1)
    with transaction():
        payment = a_payment(PaymentState.SUCCESS, captured=5900, captured_currency="usd")
    time.advance(hours=20)
    today, statements = Today(), list[int]()

    def read_money() -> dict[tuple[str, ...], float]:
        with reading():
            return {labels: value for _, labels, value in today.load()}

    assert read_money()["captured", "usd"] == 5900
    with transaction() as session:
        session.execute(update(Payment).where(Payment.id == payment.id).values(captured=700))

    def count(*_: object) -> None:
        statements.append(1)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        values = [read_money()["captured", "usd"] for _ in range(22)]
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    assert values[0] == 5900
    assert values[-1] == 700
    assert len(statements) <= 22 * 3 * len(FLOWS)


def test_the_way_from_the_event_to_the_confirmed_order_is_measured(
    app: Flask, time: MovableClock
) -> None:
    with transaction() as session:
        order = a_payment(PaymentState.SUCCESS).order
        inbox.store("stripe", [("evt_1", "payment_intent.succeeded", {})])
        session.execute(update(SignalRow).values(subject_id=order.id, state=SignalState.APPLIED))
        confirmed = {"machine": "order", "target": "Confirmed", "at": now() + timedelta(seconds=3)}
        other = {"subject_id": uuid7(), "version": 1, "ignored": False, "signal": "paid"}
        for subject in (order.id, uuid7()):
            row = other | confirmed | {"subject_id": subject, "cause": "process"}
            session.execute(insert(Transition).values(**row))
    time.advance(seconds=60)
    numbers = read(app)
    assert of(numbers, gauges.CONFIRMED) == 2
    assert of(numbers, gauges.CONFIRMATION_MAX) == of(numbers, gauges.CONFIRMATION_MEAN) == 3
    time.advance(minutes=10)
    assert of(read(app), gauges.CONFIRMED) == 0


def test_a_group_is_read_once_in_its_time_and_again_after_it(
    app: Flask, time: MovableClock
) -> None:
    readings: list[int] = []

    def load() -> list[tuple[Metric, tuple[str, ...], float]]:
        readings.append(1)
        return [(gauges.PAUSES, (), len(readings))]

    db.session.remove()
    fresh, stale = Group("fresh", load, 3600), Group("stale", load, 0)
    for group, read_times in ((fresh, 1), (stale, 3)):
        readings.clear()
        values = [group.samples()[0][2] for _ in range(3)]
        assert (len(readings), values[-1]) == (read_times, read_times)


def test_a_group_that_cannot_be_read_has_no_samples_and_says_so(app: Flask) -> None:
    def load() -> list[tuple[Metric, tuple[str, ...], float]]:
        db.session.execute(db.text("SELECT pg_sleep(5)"))
        return [(gauges.PAUSES, (), 1)]

    def break_down() -> list[tuple[Metric, tuple[str, ...], float]]:
        raise KeyError("of our own code")

    db.session.remove()
    for broken in (load, break_down):
        group = Group("broken", broken, 0)
        assert (group.samples(), group.has_failed) == ([], True)


@pytest.mark.parametrize("metric", gauges.ALL, ids=lambda metric: metric.name)
def test_a_gauge_has_a_plain_name_and_a_sentence(metric: Metric) -> None:
    assert metric.name.startswith("projectx_")
    assert metric.name.endswith("_total") == isinstance(metric, Counter)
    assert metric.text.endswith(".")
