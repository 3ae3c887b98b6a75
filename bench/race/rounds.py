"""The race: all contenders run at once, and take turns. A B C, A B C, A B C: what else the machine
does hits them alike. The median of the rounds counts.
"""

import asyncio
import statistics
import sys
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from time import monotonic, sleep
from typing import Any

from bench.race.contenders import Contender, Paddock, answers
from bench.race.driver import Cell, Round, drive
from bench.race.wire import Connections
from launch import ports
from launch.children import Child
from launch.unprivileged_user import temporary_folder
from launch.waiting import until

LATENCIES, IN_FLIGHT = (0.0, 0.05, 0.3), (1, 8, 32, 128)
CELLS = tuple(Cell(some, latency) for latency in LATENCIES for some in IN_FLIGHT)
QUICK = (Cell(1, 0.0), Cell(32, 0.0), Cell(32, 0.3))
SECONDS, WARM_UP = 2.0, Cell(8, 0.0)
# A backend of PostgreSQL reports its commits when it has been idle for so long, seconds.
REPORTED = 10.5

# One contender in one cell, as the table shows it.
Row = dict[str, Any]


class Accounts:
    """Counts each round's commits: when the next begins, all of the last have been reported."""

    def __init__(self) -> None:
        self._last: dict[str, Round] = {}
        self._count: dict[str, int] = {}
        self._from: dict[str, float] = {}
        self._ended: dict[str, float] = {}
        self.idle: dict[str, float] = {}

    def settle(self, one: Contender) -> None:
        """Close the account of the round before, without what is committed when nothing runs."""
        sleep(max(0.0, self._ended.get(one.name, 0.0) + REPORTED - monotonic()))
        count, at = one.committed(), monotonic()
        last = self._last.pop(one.name, None)
        if last is not None:
            background = self.idle.get(one.name, 0.0) * (at - self._from[one.name])
            last.commits = (count - self._count[one.name] - background) / last.flows
        self._count[one.name], self._from[one.name] = count, at

    def book(self, one: Contender, run: Round) -> None:
        self._last[one.name], self._ended[one.name] = run, monotonic()

    def watch_idle(self, contenders: Sequence[Contender]) -> None:
        """Learn what each commits a second while nothing runs."""
        sleep(REPORTED)
        before, start = [one.committed() for one in contenders], monotonic()
        sleep(REPORTED)
        for one, count in zip(contenders, before, strict=True):
            self.idle[one.name] = (one.committed() - count) / (monotonic() - start)


def race(cells: Sequence[Cell] = CELLS, rounds: int = 3) -> list[Row]:
    """The table: a row for each contender in each cell."""
    found: defaultdict[tuple[Cell, str], list[Round]] = defaultdict(list)
    with ExitStack() as closing:
        provider = ports.free_ports(1)[0]
        _start_provider(closing, provider)
        contenders = _contenders(closing, provider)
        accounts = Accounts()
        for one in contenders:
            drive(one, WARM_UP, 1.0)
        accounts.watch_idle(contenders)
        for cell in cells:
            asyncio.run(_set_latency(provider, cell.latency))
            for _ in range(rounds):
                for one in contenders:
                    if cell.in_flight >= one.least:
                        accounts.settle(one)
                        run = drive(one, cell, SECONDS)
                        accounts.book(one, run)
                        found[cell, one.name].append(run)
                        _say(cell, one, run)
        for one in contenders:
            accounts.settle(one)
    return [_median(cell, name, runs) for (cell, name), runs in found.items()]


def _say(cell: Cell, one: Contender, run: Round) -> None:
    what = f"{cell.latency * 1000:g} ms, {cell.in_flight} in flight, {one.name}"
    print(f"{what}: {run.per_second:.0f} flows/s", file=sys.stderr, flush=True)


def _contenders(closing: ExitStack, provider: int) -> list[Contender]:
    paddock = Paddock(closing.enter_context(temporary_folder()), closing, provider)
    return [
        paddock.engine(),
        paddock.dbos(),
        paddock.dbos(in_flight=64),
        paddock.plain(),
    ]


def _start_provider(closing: ExitStack, port: int) -> None:
    process = Child([sys.executable, "-m", "bench.race.provider", str(port)])
    closing.callback(process.wait)
    closing.callback(process.terminate)
    until(lambda: answers(port), "the provider")


async def _set_latency(provider: int, seconds: float) -> None:
    connections = Connections(provider)
    await connections.post("/latency", {"seconds": seconds})
    connections.close()


def _median(cell: Cell, name: str, runs: list[Round]) -> Row:
    figures = {
        key: round(statistics.median(run.row()[key] for run in runs), 2) for key in runs[0].row()
    }
    slowest, *_, fastest = sorted(run.per_second for run in runs) * 2
    spread = {"slowest": round(slowest, 1), "fastest": round(fastest, 1)}
    return {
        "latency": cell.latency * 1000,
        "in_flight": cell.in_flight,
        "contender": name,
        **figures,
        **spread,
    }
