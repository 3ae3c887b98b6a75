"""A meter for tests, which keeps its numbers in memory."""

import math
from collections import Counter as Numbers
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from models import metrics
from models.metrics import Counter, Gauge, Histogram, Metric


@dataclass
class Counted:
    """The numbers of a block: sums of counters, counts of histograms, and gauges."""

    numbers: Numbers[tuple[str, ...]] = field(default_factory=Numbers)
    seconds: Numbers[tuple[str, ...]] = field(default_factory=Numbers)

    def add(self, counter: Counter, values: tuple[str, ...], amount: float) -> None:
        assert len(values) == len(counter.labels), counter.name
        self.numbers[counter.name, *values] += int(amount)

    def observe(self, histogram: Histogram, values: tuple[str, ...], seconds: float) -> None:
        assert len(values) == len(histogram.labels), histogram.name
        self.numbers[histogram.name, *values] += 1
        self.seconds[histogram.name, *values] += round(seconds)

    def set(self, gauge: Gauge, value: float) -> None:
        # Shares are below 1.
        self.numbers[(gauge.name,)] = math.ceil(value)

    def change(self, gauge: Gauge, difference: int) -> None:
        self.numbers[(gauge.name,)] += difference

    def of(self, metric: Metric, *values: str) -> int:
        """Return the number under the values of the labels, or under the first ones of them."""
        key = (metric.name, *values)
        return sum(number for each, number in self.numbers.items() if each[: len(key)] == key)


@contextmanager
def counting() -> Iterator[Counted]:
    """Count everything in the block."""
    counted = Counted()
    metrics.install(counted)
    try:
        yield counted
    finally:
        metrics.install(None)
