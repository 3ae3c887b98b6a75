"""The results of both shops as a Markdown table, and their comparison."""

from collections.abc import Iterator, Sequence

from bench.shops.rounds import Row

HEAD = "| buyers | shop | orders/s | rounds | client secret ms p50 | p99 | commits | CPU ms |"


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of the table. Commits and CPU (without the sandbox) are per order."""
    yield HEAD
    yield "|---:|---|---:|---:|---:|---:|---:|---:|"
    for row in rows:
        cells = (
            *(row["buyers"], row["shop"], row["per_second"]),
            ", ".join(map(str, row["rounds"])),
            *(row["p50"], row["p99"], row["commits"], row["cpu"]),
        )
        yield "| " + " | ".join(map(str, cells)) + " |"


def verdict(rows: Sequence[Row]) -> dict[str, float]:
    """Compare ours with the shop on DBOS, each at its best."""
    best: dict[str, float] = {}
    for row in rows:
        best[row["shop"]] = max(best.get(row["shop"], 0.0), row["per_second"])
    return {"ours / shop on DBOS, orders a second": best["ours"] / best["on DBOS"]}
