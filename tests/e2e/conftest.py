"""The whole system as real processes, shared by stories that leave it as they found it."""

from collections.abc import Iterator

import pytest

from demo.world import World
from launch.stack import Stack
from tests.support.collector import Collector, collector
from tests.support.system import OWN, PAYMENT_TIMEOUT, TOKEN_LIFETIME, TRACE_URL


@pytest.fixture(scope="package")
def stack() -> Iterator[Stack]:
    """Run a system with its own PostgreSQL, Redis and sandbox."""
    limits = dict.fromkeys(("LOGIN_LIMIT", "LOGIN_LIMIT_PER_ADDRESS"), "10000/minute")
    limits |= dict.fromkeys(("ORDERS_PER_HOUR", "UNPAID_ORDERS"), "10000")
    # One of the clients never refreshes its token.
    tokens = {"ACCESS_TOKEN_LONG_LIVED": "true", "ACCESS_TOKEN_LIFETIME": str(TOKEN_LIFETIME)}
    settings = OWN | limits | tokens | {"PAYMENT_TIMEOUT": str(PAYMENT_TIMEOUT)}
    with Stack(environment=settings) as running:
        World.of(running).restock(10_000)
        yield running


@pytest.fixture(scope="package")
def spans() -> Iterator[Collector]:
    """Yield a collector of the observed system's spans."""
    with collector() as received:
        yield received


@pytest.fixture(scope="package")
def observed(spans: Collector) -> Iterator[Stack]:
    """Run a second system, with metrics and traces."""
    traces = {"OTEL_EXPORTER_OTLP_ENDPOINT": spans.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    settings = OWN | traces | {"METRICS": "1", "PAYMENT_TIMEOUT": "300", "TRACE_URL": TRACE_URL}
    with Stack(environment=settings) as running:
        yield running


@pytest.fixture
def world(stack: Stack) -> World:
    return World.of(stack)
