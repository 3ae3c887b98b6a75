"""The promised figures, compared with the measured ones."""

from collections.abc import Iterator
from typing import NamedTuple

from bench.shop import Figures


class Bar(NamedTuple):
    """A promise: the figure is at least `limit`, or at most, if `is_maximum`."""

    title: str
    figure: str
    limit: float
    is_maximum: bool = False


BARS = (
    Bar("flows a second beside DBOS, no latency, each at its best",
        "ours / DBOS, flows a second, latency 0, each at its best", 3),
    Bar("the same at 300 ms, 32 in flight, DBOS with few in flight",
        "ours / DBOS with few in flight, flows a second, 300 ms, 32 in flight", 3),
    Bar("commits a flow, 32 in flight", "commits a flow, 32 in flight", 3.5, is_maximum=True),
    Bar("orders a second beside the shop on DBOS", "ours / shop on DBOS, orders a second", 2),
    Bar("% of PostgreSQL alone, one flow a transaction",
        "ours, % of PostgreSQL alone, one by one", 35),
    Bar("% of the empty shop's throughput, 10 million orders",
        "10000000 orders: orders a second, % of the empty shop's", 90),
    Bar("seconds until 100 thousand deadlines have fired",
        "100000 deadlines at once: seconds", 60, is_maximum=True),
    Bar("seconds until a dead worker's calls are made again: their lease and two",
        "a dead worker's calls are made again, s at most", 12, is_maximum=True),
    Bar("% of their throughput that new orders keep meanwhile",
        "100000 deadlines at once: orders meanwhile, % of before", 50),
    Bar("ms p95 of the console's slowest list beside a million orders and a million waiting",
        "1000000 orders and 1000000 waiting: the slowest list, ms p95", 200, is_maximum=True),
    Bar("the same of its slowest search",
        "1000000 orders and 1000000 waiting: the slowest search, ms p95", 50, is_maximum=True),
    Bar("% of a core that 20 open consoles cost the servers",
        "20 open consoles: servers, % of one core", 5, is_maximum=True),
    Bar("seconds of a job of 10 thousand retries",
        "a job of 10000 retries: seconds", 60, is_maximum=True),
    Bar("% of their throughput that new orders keep meanwhile",
        "a job of 10000 retries: orders meanwhile, % of before", 80),
    Bar("% of the best rate of payable orders that stay under three times as many arrivals",
        "overload with limits: payable orders, % of the best", 80),
    Bar("ms p99 of the orders that are accepted meanwhile",
        "overload with limits: accepted, ms p99", 2000, is_maximum=True),
    Bar("ms p99 of webhooks meanwhile",
        "overload with limits: webhooks, ms p99", 1000, is_maximum=True),
)  # fmt: skip


def lines(figures: Figures) -> Iterator[str]:
    """Yield a Markdown table with a row for each bar whose figure was measured."""
    yield "| bar | limit | measured | |"
    yield "|---|---:|---:|---|"
    for bar in BARS:
        if bar.figure in figures:
            value = figures[bar.figure]
            is_met = value <= bar.limit if bar.is_maximum else value >= bar.limit
            bound = "at most" if bar.is_maximum else "at least"
            verdict = "met" if is_met else "MISSED"
            yield f"| {bar.title} | {bound} {bar.limit:g} | {value:.1f} | {verdict} |"
