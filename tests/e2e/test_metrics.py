"""A running system with metrics: any process answers for all, and dead ones stay counted."""

import contextlib

import psutil
import requests
from prometheus_client.parser import text_string_to_metric_families

from demo.buyer import wait_for
from demo.world import World
from exporter import gauges
from launch.ports import is_taken
from launch.stack import Stack
from models import metrics
from models.metrics import Histogram, Metric
from tests.support.stopped import stop

TIMEOUT = 120  # seconds
Numbers = dict[tuple[str, tuple[tuple[str, str], ...]], float]


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


def test_a_purchase_leaves_its_numbers(observed: Stack) -> None:
    buyer = World.of(observed).buyer()
    before, rows_before = scrape(observed.urls.metrics), scrape(observed.urls.exporter)
    order = buyer.order(buyer.products()[0])
    buyer.pay(order["clientSecret"])
    buyer.wait_until(order["referenceId"], "Confirmed")
    buyer.wait_for_email("order_confirmed")

    receipt = {"activity": "emails.order_confirmed"}

    def find() -> Numbers | None:
        numbers = scrape(observed.urls.metrics)
        return numbers if count(metrics.ACTIVITY_OUTCOMES, numbers, **receipt) else None

    def count(metric: Metric, numbers: Numbers, **labels: str) -> float:
        """Return how much was added since the beginning."""
        return total(numbers, metric, **labels) - total(before, metric, **labels)

    numbers = wait_for(find, "the email among the numbers", seconds=TIMEOUT)
    confirmed = {"machine": "order", "target": "Confirmed"}
    assert count(metrics.TRANSITIONS, numbers, **confirmed) == 1
    # On a slow machine the answer comes before the payment has an intent.
    statuses = ("201", "202")
    placed = [count(metrics.HTTP_REQUESTS, numbers, route="/order", status=s) for s in statuses]
    assert sorted(placed) == [0, 1]
    stripe = {"provider": "stripe", "operation": "POST payment_intents"}
    assert count(metrics.PROVIDER_CALLS, numbers, **stripe, outcome="2xx") == 1
    assert count(metrics.PROVIDER_SECONDS, numbers, provider="sendgrid") >= 1
    succeeded = {"source": "stripe", "kind": "payment_intent.succeeded"}
    assert count(metrics.SIGNALS, numbers, **succeeded, outcome="applied") == 1
    for metric in (metrics.ACTIVITY_WAIT, metrics.ACTIVITY_PERFORM, metrics.SWEEP_SECONDS):
        assert total(numbers, metric) > 0
    assert total(numbers, metrics.BEAT_AT) > 1.7e9
    assert total(numbers, metrics.POOL_LIMIT) >= 5 * 12

    def find_order() -> Numbers | None:
        # The exporter reads the rows at intervals.
        rows = scrape(observed.urls.exporter)
        more = total(rows, gauges.CONFIRMED) - total(rows_before, gauges.CONFIRMED)
        return rows if more == 1 else None

    rows = wait_for(find_order, "the order among the gauges", seconds=TIMEOUT)
    assert total(rows, gauges.DATABASE_UP) == 1
    secrets = (buyer.email, order["orderId"], order["referenceId"])
    assert not [key for key in (*numbers, *rows) if any(each in str(key) for each in secrets)]


def test_a_killed_worker_stays_counted_and_holds_no_connection(observed: Stack) -> None:
    before = scrape(observed.urls.metrics)
    pid = observed.pids()["worker-1"]
    observed.kill("worker-1")

    def is_back() -> bool | None:
        now = observed.pids().get("worker-1")
        return True if now not in (None, pid) and not psutil.pid_exists(pid) else None

    wait_for(is_back, "the new worker", seconds=TIMEOUT)

    def find() -> Numbers | None:
        # A process that ended a moment ago may still hold the port.
        with contextlib.suppress(requests.ConnectionError):
            numbers = scrape(observed.urls.metrics)
            limits = (total(each, metrics.POOL_LIMIT) for each in (before, numbers))
            return numbers if len({*limits}) == 1 else None
        return None

    after = wait_for(find, "the numbers of the new worker", seconds=TIMEOUT)
    done = metrics.ACTIVITY_OUTCOMES
    assert total(after, done, outcome="done") >= total(before, done, outcome="done") > 0


def test_a_process_that_hangs_misses_no_scrape(observed: Stack) -> None:
    hung = psutil.Process(observed.pids()["worker-2"])
    stop(hung)
    try:
        for _ in range(30):
            scrape(observed.urls.metrics)
    finally:
        hung.resume()


def test_the_exporter_goes_on_without_postgresql(observed: Stack) -> None:
    assert observed.postgres is not None
    observed.postgres.stop()
    try:

        def find() -> Numbers | None:
            numbers = scrape(observed.urls.exporter)
            return numbers if total(numbers, gauges.DATABASE_UP) == 0 else None

        numbers = wait_for(find, "the loss among the gauges", seconds=TIMEOUT)
        assert total(numbers, gauges.GROUP_FAILED, group="activities") == 1
        assert total(numbers, gauges.ACTIVITIES_DUE) == 0
    finally:
        observed.postgres.start()

    def is_well() -> bool | None:
        return total(scrape(observed.urls.exporter), gauges.DATABASE_UP) == 1 or None

    assert wait_for(is_well, "the gauges", seconds=TIMEOUT)


def test_without_the_setting_nobody_listens(stack: Stack) -> None:
    assert not is_taken(int(stack.environment["METRICS_PORT"]))
    assert not is_taken(int(stack.environment["EXPORTER_PORT"]))
    assert "exporter" not in stack.pids()
