"""Keeps a number of flows going at one contender for a while, and says what that gave and cost."""

import asyncio
import os
import statistics
from dataclasses import asdict, dataclass
from itertools import cycle
from time import perf_counter

import psutil

from bench.race.contenders import Contender, worked
from bench.race.wire import Connections
from models.ids import uuid7


@dataclass(frozen=True, slots=True)
class Cell:
    """How many flows at once, and the seconds that the provider takes."""

    in_flight: int
    latency: float


@dataclass(slots=True)
class Round:
    """What one contender did in one cell. Times are milliseconds, of flows and of processors."""

    flows: int
    per_second: float
    p50: float
    p99: float
    cpu: float
    wal: float = 0.0
    commits: float = 0.0
    # What programs that are no part of the race used of the machine, percent.
    others: float = 0.0

    def row(self) -> dict[str, float]:
        return asdict(self)


def drive(contender: Contender, cell: Cell, seconds: float) -> Round:
    """Run one cell. The first flows are a warm-up, and not timed."""
    machine = Machine()
    before, wal = contender.worked(), contender.written()
    waits, flows = asyncio.run(_drive(contender, cell, seconds))
    return Round(
        flows=flows,
        per_second=len(waits) / seconds,
        p50=statistics.median(waits) * 1000,
        p99=sorted(waits)[len(waits) * 99 // 100] * 1000,
        cpu=(contender.worked() - before) * 1000 / flows,
        wal=(contender.written() - wal) / flows,
        others=machine.others(),
    )


class Machine:
    """Who else uses it, from now on."""

    def __init__(self) -> None:
        self._busy, self._all, self._ours = self._look()

    def others(self) -> float:
        """Percent of all processors."""
        busy, total, ours = self._look()
        others = (busy - self._busy) - (ours - self._ours)
        return max(0.0, 100 * others / (total - self._all))

    def _look(self) -> tuple[float, float, float]:
        times = psutil.cpu_times()
        idle = times.idle + getattr(times, "iowait", 0.0)
        return sum(times[:8]) - idle, sum(times[:8]), worked({"race": os.getpid()})


async def _drive(contender: Contender, cell: Cell, seconds: float) -> tuple[list[float], int]:
    warm = perf_counter() + 0.5 + 2 * cell.latency
    end = warm + seconds
    done: list[tuple[float, float]] = []

    async def keep_going(front: Connections) -> None:
        while perf_counter() < end:
            start = perf_counter()
            await front.post("/start", {"flow": str(uuid7())})
            done.append((start, perf_counter()))

    fronts = [Connections(port) for port in contender.fronts]
    async with asyncio.timeout(seconds + 60), asyncio.TaskGroup() as tasks:
        for _, front in zip(range(cell.in_flight), cycle(fronts), strict=False):
            tasks.create_task(keep_going(front))
    for front in fronts:
        front.close()
    if not done:
        raise RuntimeError(f"{contender.name} finished no flow in {seconds:g} s")
    waits = [at - start for start, at in done if warm <= at < end]
    return waits or [at - start for start, at in done], len(done)
