"""The collector of Prometheus's library, which reads all groups at a scrape."""

from collections.abc import Iterator

from flask import Flask
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from exporter import engine, gauges, server, shop
from exporter.groups import Group, Sample
from exporter.money import Today
from models.metrics import Counter, Metric

# Seconds. Gauges that cost more, or change seldom, are read less often.
MAX_AGE, MAX_AGE_OF_COSTLY = 5.0, 60.0
SERVER = Group("server", server.load_connections, MAX_AGE)
GROUPS = (
    Group("activities", engine.load_activities, MAX_AGE),
    Group("executions", engine.load_executions, MAX_AGE),
    Group("signals", engine.load_signals, MAX_AGE),
    Group("notices", shop.load_notices, MAX_AGE),
    Group("confirmations", shop.load_confirmations, MAX_AGE),
    Group("money", Today().load, MAX_AGE_OF_COSTLY),
    Group("stuck", engine.load_stuck, MAX_AGE_OF_COSTLY),
    Group("sizes", server.load_sizes, MAX_AGE_OF_COSTLY),
)


def read_samples() -> Iterator[Sample]:
    """Yield all samples, in the current application context."""
    yield from SERVER.samples()
    for group in GROUPS:
        # A host that does not answer takes seconds to be given up, for each group.
        yield from group.skip() if SERVER.has_failed else group.samples()
    for group in (SERVER, *GROUPS):
        yield gauges.GROUP_FAILED, (group.name,), int(group.has_failed)
        yield gauges.GROUP_SECONDS, (group.name,), group.seconds
    yield gauges.DATABASE_UP, (), int(not SERVER.has_failed)


class Gauges(Collector):
    """All gauges, read in an application context of their own."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def collect(self) -> Iterator[Family]:
        """Yield a family of samples for each gauge."""
        families: dict[str, GaugeMetricFamily | CounterMetricFamily] = {}
        with self._app.app_context():
            samples = list(read_samples())
        for metric, labels, value in samples:
            if metric.name not in families:
                families[metric.name] = _family_of(metric)
            families[metric.name].add_metric(labels, value)
        yield from families.values()

    def describe(self) -> list[Family]:
        """Return nothing: the registry would read the gauges to know their names."""
        return []


def _family_of(metric: Metric) -> GaugeMetricFamily | CounterMetricFamily:
    kind = CounterMetricFamily if isinstance(metric, Counter) else GaugeMetricFamily
    return kind(metric.name, metric.text, labels=metric.labels)


def make_registry(app: Flask) -> CollectorRegistry:
    """Return a registry with nothing but these gauges."""
    registry = CollectorRegistry()
    registry.register(Gauges(app))
    return registry


def expose(registry: CollectorRegistry) -> bytes:
    """Return the gauges in Prometheus's format."""
    return generate_latest(registry)
