"""The report of `python -m bench.partitions`."""

from dataclasses import fields
from typing import Any

from bench.partitions.hot import Rounds, Values, medians
from bench.partitions.layouts import KEYS, LAYOUTS
from bench.partitions.retention import Cost, size

WIDTH = 34


def print_sizes(cursor: Any) -> None:
    for table in KEYS:
        sizes = [size(cursor, f"{layout}.{table}") / 1e9 for layout in LAYOUTS]
        print(f"{f'GB of {table}':<{WIDTH}}" + "".join(f"{gb:11.2f}" for gb in sizes))


def print_statements(measured: Rounds) -> None:
    _print_values("ms, median", measured.times, ratios=True)
    _print_values("ms of planning, median", measured.planning)
    _print_values("locks of tables and indexes", measured.locks)


def print_costs(costs: dict[str, Cost]) -> None:
    """Print each cost of forgetting, by layout."""
    print(f"\n{'forgetting old activities':<{WIDTH}}" + "".join(f"{of:>11}" for of in costs))
    for field in fields(Cost):
        values = [getattr(cost, field.name) for cost in costs.values()]
        is_bytes = field.name.startswith("bytes") or field.name.endswith("wal")
        name = f"{field.name} (MB)" if is_bytes else field.name
        shown = [value / 1e6 if is_bytes else value for value in values]
        print(f"{name:<{WIDTH}}" + "".join(f"{value:11.2f}" for value in shown))


def _print_values(title: str, values: Values, *, ratios: bool = False) -> None:
    print(f"\n{title:<{WIDTH}}" + "".join(f"{layout:>11}" for layout in LAYOUTS))
    for name, by_layout in medians(values).items():
        if name.startswith("("):
            continue
        line = "".join(f"{value:11.3f}" for value in by_layout.values())
        today, *others = by_layout.values()
        shown = "".join(f"  x {value / today:.2f}" for value in others) if ratios else ""
        print(f"{name:<{WIDTH}}{line}{shown}")
