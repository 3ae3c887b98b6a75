"""`make simulate SEEDS=1000`: play many seeds, as many at once as there are processors.

SEEDS=7-7 plays seed 7 alone and prints its steps. Exit status 0 only if every seed was played and
none failed, and those that were played twice had identical results.
"""

import os
import sys
from typing import Any

from launch.children import end_in_order
from models.clock import tick
from tests.proof.simulation.coverage import Coverage
from tests.proof.simulation.players import CrashedError, play

Json = dict[str, Any]
# So many of the first seeds are played by every player.
TWICE = 3
OFTEN = 1000  # seeds, between two words of progress


def main(words: str) -> int:
    end_in_order()
    first, last = map(int, words.split("-")) if "-" in words else (1, int(words))
    seeds, start = range(first, last + 1), tick()
    reports: dict[int, Json] = {}
    complaints = []
    try:
        for report in play(parts(seeds)):
            other = reports.setdefault(report["seed"], report)
            if report is other and not len(reports) % OFTEN:
                print(f"{len(reports)} seeds after {tick() - start:.0f} s", flush=True)
            if complaint := difference(report, other):
                complaints.append(f"seed {report['seed']}: {complaint}")
                print(complaints[-1], flush=True)
            if len(seeds) == 1:
                print("\n".join(report["trail"]))
    except CrashedError as crash:
        complaints.append(str(crash))
    if missing := sorted(set(seeds) - reports.keys()):
        complaints.append(f"{len(missing)} seeds were not played to their end: {missing}")
    print("\n".join(summarize(list(reports.values()), tick() - start)))
    print("\n".join(complaints))
    return int(bool(complaints))


def difference(report: Json, other: Json) -> str:
    """Yield the failures, and the seeds whose two runs differ."""
    if report is other:
        return str(report["broken"])
    if (report["trail"], report["digest"]) == (other["trail"], other["digest"]):
        return ""
    steps = enumerate(zip(report["trail"], other["trail"], strict=False), 1)
    parting = (f"step {number}, {a!r} or {b!r}" for number, (a, b) in steps if a != b)
    return f"was played in two ways: {next(parting, 'the history, or the last step')}"


def parts(seeds: range) -> list[list[int]]:
    """Return the seeds of each player.

    Some seeds are played by all players: by the first at once, by the others last, after other
    seeds.
    """
    players = min(os.cpu_count() or 1, len(seeds))
    lists = [list(seeds[number::players]) for number in range(players)]
    return [own + [seed for seed in seeds[:TWICE] if seed not in own] for own in lists]


def summarize(reports: list[Json], seconds: float) -> list[str]:
    whole = (
        f"{len(reports)} seeds in {seconds:.0f} s: {sum(r['orders'] for r in reports)} orders, "
        f"{sum(len(r['trail']) for r in reports)} steps, "
        f"{sum(r['days'] for r in reports):.0f} simulated days, "
        f"{sum(bool(r['broken']) for r in reports)} broken"
    )
    return [whole, *Coverage(reports).lines()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "200"))
