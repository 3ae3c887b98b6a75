"""A driver that keeps a number of flows in flight at a contender, and measures their cost."""

import asyncio
import os
import statistics
from dataclasses import asdict, dataclass
from itertools import cycle
from time import perf_counter

import psutil

from bench.race.contender import Contender, total_processor_seconds
from bench.race.wire import Connections
from models.ids import uuid7


@dataclass(frozen=True, slots=True)
class Cell:
    """A setting of the race: the number of flows at once, and the provider's latency in seconds."""

    in_flight: int
    latency: float


@dataclass(slots=True)
class Round:
    """The result of a contender in a cell. Times are milliseconds.

    `cpu`, `wal` (bytes) and `commits` are per flow.
    """

    flows: int
    per_second: float
    p50: float
    p99: float
    cpu: float
    wal: float = 0.0
    commits: float = 0.0
    # Percent of the machine that was used by programs outside the race.
    others: float = 0.0

    def row(self) -> dict[str, float]:
        return asdict(self)


def drive(contender: Contender, cell: Cell, seconds: float) -> Round:
    """Run a cell. The first flows are a warm-up, and not timed."""
    machine = Machine()
    cpu, wal = contender.processor_seconds(), contender.wal_bytes()
    waits, flows = asyncio.run(_drive(contender, cell, seconds))
    return Round(
        flows=flows,
        per_second=len(waits) / seconds,
        p50=statistics.median(waits) * 1000,
        p99=sorted(waits)[len(waits) * 99 // 100] * 1000,
        cpu=(contender.processor_seconds() - cpu) * 1000 / flows,
        wal=(contender.wal_bytes() - wal) / flows,
        others=machine.others(),
    )


class Machine:
    """The use of the processors by programs outside the race, from now on."""

    def __init__(self) -> None:
        self._busy, self._total, self._race = self._read()

    def others(self) -> float:
        """Return the share of the other programs, in percent of all processors."""
        busy, total, race = self._read()
        others = (busy - self._busy) - (race - self._race)
        return max(0.0, 100 * others / (total - self._total))

    def _read(self) -> tuple[float, float, float]:
        """Return the seconds that the processors were busy, in all, and busy with the race."""
        times = psutil.cpu_times()
        idle = times.idle + getattr(times, "iowait", 0.0)
        race = total_processor_seconds({"race": os.getpid()})
        return sum(times[:8]) - idle, sum(times[:8]), race


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
