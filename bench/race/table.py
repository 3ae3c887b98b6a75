"""The results of the race as a Markdown table, and the comparisons that follow from them."""

from collections.abc import Iterator, Mapping, Sequence

from bench.race.contenders import FEW_FLOWS, OURS
from bench.race.limit import TRANSACTIONS, measure_limit
from bench.race.rounds import Row
from bench.shop import Figures

HEADINGS = (
    *("latency ms", "in flight", "contender", "flows/s", "slowest to fastest"),
    *("p50 ms", "p99 ms", "commits", "WAL bytes", "CPU ms", "others' CPU"),
)


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of the table. Commits, bytes and CPU are per flow.

    Programs outside the race slow down all contenders: "others' CPU" is their share of the machine.
    """
    yield "| " + " | ".join(HEADINGS) + " |"
    yield "|---:|---:|---|" + "---:|" * (len(HEADINGS) - 3)
    for row in rows:
        cells = (
            f"{row['latency']:g}",
            f"{row['in_flight']}",
            f"{row['contender']}",
            f"{row['per_second']:.0f}",
            f"{row['slowest']:.0f} to {row['fastest']:.0f}",
            f"{row['p50']:.0f}",
            f"{row['p99']:.0f}",
            f"{row['commits']:.1f}",
            f"{row['wal']:.0f}",
            f"{row['cpu']:.1f}",
            f"{row['others']:.0f} %",
        )
        yield "| " + " | ".join(cells) + " |"


def needs_lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of a table of what each contender needs, its services included."""
    yield "| contender | idle, % of a core | memory MB | bytes on disk a flow |"
    yield "|---|---:|---:|---:|"
    for row in rows:
        yield f"| {row['contender']} | {row['idle']:g} | {row['memory']} | {row['disk']} |"


def verdict(rows: Sequence[Row]) -> dict[str, float]:
    """Compare ours with the others, each at its best, and with PostgreSQL alone."""
    ours = _best(rows, OURS, latency=0)
    gathered, alone = measure_limit(ours["commits"]), measure_limit(TRANSACTIONS)
    figures = {
        "best flows a second, ours, latency 0": ours["per_second"],
        "PostgreSQL alone, flows gathered as ours": gathered,
        "PostgreSQL alone, one flow a transaction": alone,
        "ours, % of PostgreSQL alone, gathered": 100 * ours["per_second"] / gathered,
        "ours, % of PostgreSQL alone, one by one": 100 * ours["per_second"] / alone,
    }
    for row in rows:
        if (row["latency"], row["in_flight"], row["contender"]) == (0, 32, f"{OURS}, gathered"):
            figures["commits a flow, 32 in flight"] = row["commits"]
    slow = {"latency": 300, "in_flight": 32}
    few = _best(rows, f"DBOS, {FEW_FLOWS} a process", **slow)["per_second"]
    figures["ours / DBOS with few in flight, flows a second, 300 ms, 32 in flight"] = (
        _best(rows, OURS, **slow)["per_second"] / few
    )
    for title, cell in _cells(rows):
        for other in ("DBOS", "Temporal", "Absurd"):
            figures |= _compare(rows, other, title, cell)
    return figures


def _compare(rows: Sequence[Row], other: str, title: str, cell: dict[str, float]) -> Figures:
    """Compare ours with the best of another engine: at our best, and one by one as the shop."""
    if not any(row["contender"].startswith(other) for row in rows):
        return {}
    best, theirs = _best(rows, OURS, **cell), _best(rows, other, **cell)
    figures = {
        f"ours / {other}, flows a second, {title}": best["per_second"] / theirs["per_second"],
        f"{other} / ours, CPU a flow, {title}": theirs["cpu"] / best["cpu"],
    }
    if "in_flight" in cell:
        single = next(row for row in rows if _is_in(row, cell) and row["contender"] == OURS)
        figures[f"ours one by one / {other}, flows a second, {title}"] = (
            single["per_second"] / theirs["per_second"]
        )
    return figures


def _cells(rows: Sequence[Row]) -> Iterator[tuple[str, dict[str, float]]]:
    yield "latency 0, each at its best", {"latency": 0}
    seen = dict.fromkeys((row["latency"], row["in_flight"]) for row in rows)
    for latency, in_flight in seen:
        title = f"{latency:g} ms, {in_flight} in flight"
        yield title, {"latency": latency, "in_flight": in_flight}


def _best(rows: Sequence[Row], name: str, **cell: float) -> Row:
    """Return the fastest row of a cell, of the contenders whose names begin with `name`."""
    candidates = [row for row in rows if row["contender"].startswith(name) and _is_in(row, cell)]
    return max(candidates, key=lambda row: row["per_second"])


def _is_in(row: Row, cell: Mapping[str, float]) -> bool:
    return all(row[key] == value for key, value in cell.items())
