"""The names of metrics and labels in expressions of Prometheus, compared with those that exist."""

import re

from events.metrics import METRICS as OF_EVENTS
from exporter import gauges
from models import metrics
from models.metrics import Histogram, Metric

EVENTS = tuple(Metric(name, text) for name, (_, text) in OF_EVENTS.items())
METRICS: dict[str, Metric] = {
    f"{metric.name}{suffix}": metric
    for metric in (*metrics.ALL, *gauges.ALL, *EVENTS)
    for suffix in (("_bucket", "_count", "_sum") if isinstance(metric, Histogram) else ("",))
}
# Labels that Prometheus adds.
ADDED = {"job", "instance", "le"}
LABELS = {label for metric in METRICS.values() for label in metric.labels} | ADDED


def check_names(expression: str) -> None:
    """Assert that the metrics and labels of an expression exist."""
    selectors = re.findall(r"\b(projectx_\w+)(\{[^}]*\})?", expression)
    for name, conditions in selectors:
        labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", conditions))
        assert labels <= {*METRICS[name].labels, *ADDED}, f"{name}: {labels}"
    groups = re.findall(r"\bby \(([^)]*)\)", expression)
    assert {label for group in groups for label in group.split(", ")} <= LABELS
