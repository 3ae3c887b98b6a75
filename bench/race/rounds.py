"""The rounds of the race: all contenders run at once, and take turns: A B C, A B C, A B C.

So other programs on the machine disturb all alike. The median of the rounds counts.
"""

import asyncio
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from time import monotonic, sleep
from typing import Any

from bench.race.contender import Contender
from bench.race.contenders import Starter, answers
from bench.race.driver import Cell, Round, drive
from bench.race.wire import Connections
from launch import ports
from launch.children import Child
from launch.unprivileged_user import temporary_folder
from launch.waiting import until

LATENCIES, IN_FLIGHT = (0.0, 0.05, 0.3), (1, 8, 32, 128)
CELLS = tuple(Cell(number, latency) for latency in LATENCIES for number in IN_FLIGHT)
QUICK = (Cell(1, 0.0), Cell(32, 0.0), Cell(32, 0.3))
SECONDS, WARM_UP = 2.0, Cell(8, 0.0)
IDLE_SPAN = 5.0  # seconds
REPORT_DELAY = 10.5  # seconds of idleness within which a backend of PostgreSQL reports its commits

# The result of a contender in a cell.
Row = dict[str, Any]


class Needs:
    """The needs of a contender beside processor time for its flows, from now on."""

    def __init__(self, contender: Contender) -> None:
        self.contender = contender
        self._idle_cpu = self._measure_idle()
        self._disk = contender.disk_bytes()

    def row(self, flows: int) -> Row:
        """Return the needs after so many flows. Memory is in MB, idle load in % of a core."""
        return {
            "contender": self.contender.name,
            "idle": round(self._idle_cpu, 1),
            "memory": round(self.contender.memory_bytes() / 1e6),
            "disk": round((self.contender.disk_bytes() - self._disk) / max(1, flows)),
            "flows": flows,
        }

    def _measure_idle(self) -> float:
        start, cpu = monotonic(), self.contender.processor_seconds()
        sleep(IDLE_SPAN)
        return 100 * (self.contender.processor_seconds() - cpu) / (monotonic() - start)


class CommitCounter:
    """A counter of each round's commits, which PostgreSQL reports late.

    The commits of a round are counted just before the contender's next round.
    """

    def __init__(self) -> None:
        self._rounds: dict[str, Round] = {}
        self._counts: dict[str, int] = {}
        self._counted_at: dict[str, float] = {}
        self._ended_at: dict[str, float] = {}
        self._idle_rates: dict[str, float] = {}

    def settle(self, contender: Contender) -> None:
        """Set the commits of the contender's last round, without those of an idle contender."""
        name = contender.name
        sleep(max(0.0, self._ended_at.get(name, 0.0) + REPORT_DELAY - monotonic()))
        count, now = contender.commits(), monotonic()
        last = self._rounds.pop(name, None)
        if last is not None:
            idle = self._idle_rates.get(name, 0.0) * (now - self._counted_at[name])
            last.commits = (count - self._counts[name] - idle) / last.flows
        self._counts[name], self._counted_at[name] = count, now

    def add(self, contender: Contender, result: Round) -> None:
        """Note a round that has just ended."""
        self._rounds[contender.name], self._ended_at[contender.name] = result, monotonic()

    def measure_idle(self, contenders: Sequence[Contender]) -> None:
        """Measure the commits a second of each contender without flows."""
        sleep(REPORT_DELAY)
        counts, start = [contender.commits() for contender in contenders], monotonic()
        sleep(REPORT_DELAY)
        for contender, count in zip(contenders, counts, strict=True):
            rate = (contender.commits() - count) / (monotonic() - start)
            self._idle_rates[contender.name] = rate


def race(cells: Sequence[Cell] = CELLS, rounds: int = 3) -> tuple[list[Row], list[Row]]:
    """Run the race. Return a row for each contender in each cell, and one of what each needs."""
    results: defaultdict[tuple[Cell, str], list[Round]] = defaultdict(list)
    with ExitStack() as closing:
        provider = ports.free_ports(1)[0]
        _start_provider(closing, provider)
        contenders = _start_contenders(closing, provider)
        counter = CommitCounter()
        needs = [Needs(contender) for contender in contenders]
        for contender in contenders:
            drive(contender, WARM_UP, 1.0)
        counter.measure_idle(contenders)
        for cell in cells:
            asyncio.run(_set_latency(provider, cell.latency))
            in_cell = [c for c in contenders if cell.in_flight >= c.min_in_flight]
            for _ in range(rounds):
                for contender in in_cell:
                    counter.settle(contender)
                    result = drive(contender, cell, SECONDS)
                    counter.add(contender, result)
                    results[cell, contender.name].append(result)
                    _print_progress(cell, contender, result)
        for contender in contenders:
            counter.settle(contender)
        flows: Counter[str] = Counter()
        for (_, name), runs in results.items():
            flows[name] += sum(run.flows for run in runs)
        standing = [need.row(flows[need.contender.name]) for need in needs]
    return [_median(cell, name, runs) for (cell, name), runs in results.items()], standing


def _print_progress(cell: Cell, contender: Contender, result: Round) -> None:
    setting = f"{cell.latency * 1000:g} ms, {cell.in_flight} in flight, {contender.name}"
    print(f"{setting}: {result.per_second:.0f} flows/s", file=sys.stderr, flush=True)


def _start_contenders(closing: ExitStack, provider: int) -> list[Contender]:
    starter = Starter(closing.enter_context(temporary_folder()), closing, provider)
    return [
        starter.start_ours(),
        starter.start_ours("gathered"),
        starter.start_dbos(),
        starter.start_dbos(in_flight=64),
        *starter.start_temporal(),
        starter.start_absurd(),
        starter.start_plain(),
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
    """Return the medians of the rounds, and the slowest and the fastest rate."""
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
