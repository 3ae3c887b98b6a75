"""The gauges of the exporter, for tests of plans."""

from contextlib import nullcontext
from datetime import timedelta

from exporter import collector
from models import clock, transaction


def read_gauges() -> None:
    """Read the gauges of our tables, each group in a transaction of its own."""
    for group in collector.GROUPS:
        # PostgreSQL's own tables are small.
        if group.name != "sizes":
            # The rows of one day are read. All rows of these tests may be of this day.
            is_money = group.name == "money"
            tomorrow = clock.stopped(clock.now() + timedelta(days=1)) if is_money else nullcontext()
            with tomorrow, transaction():
                assert list(group.load()), f"{group.name} has no gauges"
