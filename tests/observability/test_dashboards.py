"""Every panel of every dashboard has data when a real Prometheus scrapes a running shop."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import yaml

from demo.buyer import wait_for
from demo.world import World
from launch.stack import ROOT, Stack
from launch.unprivileged_user import temporary_folder
from tests.support.prometheus import Server, scraping
from tests.support.promql import METRICS, check_names
from tests.support.system import OWN

ALERTS = ROOT / "deploy/prometheus/alerts.yml"
GRAFANA = ROOT / "deploy/grafana"
DASHBOARDS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text()) for path in sorted((GRAFANA / "dashboards").glob("*"))
}
PANELS = [
    pytest.param(panel, id=f"{name}: {panel['title']}")
    for name, dashboard in DASHBOARDS.items()
    for panel in dashboard["panels"]
]
# Grafana's own variable: four times the interval of the scrapes, and at least.
RATE_INTERVAL = "1m"
TIMEOUT = 90  # seconds
# The width of the grid.
COLUMNS = 24


@pytest.fixture(scope="module")
def shop() -> Iterator[Stack]:
    """Yield a running shop with metrics."""
    limits = dict.fromkeys(("LOGIN_LIMIT", "LOGIN_LIMIT_PER_ADDRESS"), "10000/minute")
    with Stack(environment=OWN | limits | {"METRICS": "1"}) as running:
        World.of(running).restock(10_000)
        yield running


@pytest.fixture(scope="module")
def prometheus(shop: Stack) -> Iterator[Server]:
    """Yield a Prometheus that sees purchases."""
    with temporary_folder() as folder, scraping(folder, shop) as server, customers(shop):
        yield server


@contextmanager
def customers(shop: Stack) -> Iterator[None]:
    """Let one customer after another buy something until the end of the block.

    A rate needs two samples that differ, and no older than its interval.
    """
    is_over = Event()

    def buy_until_over() -> None:
        while not is_over.is_set():
            buy(shop)

    with ThreadPoolExecutor(1) as pool:
        buying = pool.submit(buy_until_over)
        try:
            yield
        finally:
            is_over.set()
        buying.result()


def buy(shop: Stack) -> None:
    """Place an order, pay it and get the letter."""
    buyer = World.of(shop).buyer()
    order = buyer.order(buyer.products()[0])
    buyer.pay(order["clientSecret"])
    buyer.wait_until(order["referenceId"], "Confirmed")
    buyer.wait_for_email("order_confirmed")


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_has_data(prometheus: Server, panel: dict[str, Any]) -> None:
    for target in panel["targets"]:
        expression = target["expr"].replace("$__rate_interval", RATE_INTERVAL)

        def has_data(expression: str = expression) -> bool:
            values = [series["value"][1] for series in prometheus.query(expression)]
            return any(value != "NaN" for value in values)

        wait_for(lambda: has_data() or None, f"data of {expression}", seconds=TIMEOUT)


def test_no_alert_fires_in_a_shop_that_is_well(prometheus: Server) -> None:
    firing = prometheus.query('ALERTS{alertstate="firing"}')
    assert [series["metric"]["alertname"] for series in firing] == []


def test_the_bounds_that_alerts_name_are_buckets(prometheus: Server) -> None:
    for selector in re.findall(r'projectx_\w+_bucket\{le="[^"]+"\}', ALERTS.read_text()):
        wait_for(lambda s=selector: prometheus.query(s) or None, selector, seconds=TIMEOUT)  # type: ignore[misc]


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_names_metrics_that_exist_and_says_its_meaning(panel: dict[str, Any]) -> None:
    for target in panel["targets"]:
        check_names(target["expr"])
        assert "projectx_" in target["expr"] or target["expr"] == "sum by (job) (up)"
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= COLUMNS
    assert panel["datasource"]["uid"] == target["datasource"]["uid"] == "prometheus"


def test_the_dashboards_are_told_apart() -> None:
    assert len({dashboard["uid"] for dashboard in DASHBOARDS.values()}) == len(DASHBOARDS) == 4
    for dashboard in DASHBOARDS.values():
        assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
        assert len({panel["title"] for panel in dashboard["panels"]}) > 5


def test_grafana_finds_the_dashboards_and_their_source() -> None:
    (source, *_) = read("datasources")["datasources"]
    assert (source["uid"], source["type"]) == ("prometheus", "prometheus")
    (provider,) = read("dashboards")["providers"]
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    mounts = compose["services"]["grafana"]["volumes"]
    assert f"./deploy/grafana/dashboards:{provider['options']['path']}:ro" in mounts


def read(folder: str) -> Any:
    """Return the file of a folder of Grafana's provisioning."""
    (path,) = Path(GRAFANA / "provisioning" / folder).glob("*.yml")
    return yaml.safe_load(path.read_text())


# For questions that nobody asks every day.
UNSHOWN = {
    "projectx_activities_giving_up",
    "projectx_confirmed_orders",
    "projectx_deadline_lag_seconds",
    "projectx_reconciliation_age_seconds",
    "projectx_sweep_failures_total",
}


def test_each_other_metric_is_in_a_dashboard_or_an_alert() -> None:
    texts = json.dumps(DASHBOARDS) + ALERTS.read_text()
    shown = {metric.name for name, metric in METRICS.items() if name in texts}
    assert {metric.name for metric in METRICS.values()} - shown == UNSHOWN
