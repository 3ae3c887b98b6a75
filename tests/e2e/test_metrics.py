"""A running system with metrics: any process answers for all, and dead ones stay counted."""

import contextlib
from collections.abc import Iterator

import psutil
import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from demo.buyer import wait_for
from demo.world import World
from exporter import gauges
from launch.ports import is_taken
from launch.stack import Stack
from models import metrics
from models.metrics import Histogram, Metric

TIMEOUT = 120  # seconds
Numbers = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture(scope="module")
def measured() -> Iterator[Stack]:
    own = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "STRIPE_SECRET_KEY", "SENDGRID_API_KEY"), "")
    with Stack(environment=own | {"METRICS": "1"}) as running:
        yield running


def scrape(url: str) -> Numbers:
    answer = requests.get(f"{url}/metrics", timeout=30)
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def total(numbers: Numbers, metric: Metric, **labels: str) -> float:
    """Return the sum of a metric over its series with these labels."""
    name = f"{metric.name}_count" if isinstance(metric, Histogram) else metric.name
    return sum(
        value
        for (each, pairs), value in numbers.items()
        if each == name and labels.items() <= dict(pairs).items()
    )


def test_a_purchase_leaves_its_numbers(measured: Stack) -> None:
    buyer = World.of(measured).buyer()
    order = buyer.order(buyer.products()[0])
    buyer.pay(order["clientSecret"])
    buyer.wait_until(order["referenceId"], "Confirmed")
    buyer.wait_for_email("order_confirmed")

    def find() -> Numbers | None:
        numbers = scrape(measured.urls.metrics)
        done = total(numbers, metrics.ACTIVITY_OUTCOMES, activity="emails.order_confirmed")
        return numbers if done else None

    numbers = wait_for(find, "the letter among the numbers", seconds=TIMEOUT)
    confirmed = {"machine": "order", "target": "Confirmed"}
    assert total(numbers, metrics.TRANSITIONS, **confirmed) == 1
    assert total(numbers, metrics.HTTP_REQUESTS, route="/order", status="201") == 1
    stripe = {"provider": "stripe", "operation": "POST payment_intents"}
    assert total(numbers, metrics.PROVIDER_CALLS, **stripe, outcome="2xx") == 1
    assert total(numbers, metrics.PROVIDER_SECONDS, provider="sendgrid") >= 1
    succeeded = {"source": "stripe", "kind": "payment_intent.succeeded"}
    assert total(numbers, metrics.SIGNALS, **succeeded, outcome="applied") == 1
    for metric in (metrics.ACTIVITY_WAIT, metrics.ACTIVITY_PERFORM, metrics.SWEEP_SECONDS):
        assert total(numbers, metric) > 0
    assert total(numbers, metrics.BEAT_AT) > 1.7e9
    assert total(numbers, metrics.POOL_LIMIT) >= 5 * 12
    rows = scrape(measured.urls.exporter)
    assert total(rows, gauges.DATABASE_UP) == 1
    assert total(rows, gauges.CONFIRMED) == 1
    secrets = (buyer.email, order["orderId"], order["referenceId"])
    assert not [key for key in (*numbers, *rows) if any(each in str(key) for each in secrets)]


def test_a_killed_worker_stays_counted_and_holds_no_connection(measured: Stack) -> None:
    before = scrape(measured.urls.metrics)
    pid = measured.pids()["worker-1"]
    measured.kill("worker-1")

    def is_back() -> bool | None:
        now = measured.pids().get("worker-1")
        return True if now not in (None, pid) and not psutil.pid_exists(pid) else None

    wait_for(is_back, "the new worker", seconds=TIMEOUT)

    def find() -> Numbers | None:
        # A process that ended a moment ago may still hold the port.
        with contextlib.suppress(requests.ConnectionError):
            numbers = scrape(measured.urls.metrics)
            limits = (total(each, metrics.POOL_LIMIT) for each in (before, numbers))
            return numbers if len({*limits}) == 1 else None
        return None

    after = wait_for(find, "the numbers of the new worker", seconds=TIMEOUT)
    done = metrics.ACTIVITY_OUTCOMES
    assert total(after, done, outcome="done") >= total(before, done, outcome="done") > 0


def test_the_exporter_goes_on_without_postgresql(measured: Stack) -> None:
    assert measured.postgres is not None
    measured.postgres.stop()
    try:

        def find() -> Numbers | None:
            numbers = scrape(measured.urls.exporter)
            return numbers if total(numbers, gauges.DATABASE_UP) == 0 else None

        numbers = wait_for(find, "the loss among the gauges", seconds=TIMEOUT)
        assert total(numbers, gauges.GROUP_FAILED, group="activities") == 1
        assert total(numbers, gauges.ACTIVITIES_DUE) == 0
    finally:
        measured.postgres.start()

    def is_well() -> bool | None:
        return total(scrape(measured.urls.exporter), gauges.DATABASE_UP) == 1 or None

    assert wait_for(is_well, "the gauges", seconds=TIMEOUT)


def test_without_the_setting_nobody_listens(stack: Stack) -> None:
    assert not is_taken(int(stack.environment["METRICS_PORT"]))
    assert not is_taken(int(stack.environment["EXPORTER_PORT"]))
    assert "exporter" not in stack.pids()
