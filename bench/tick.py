"""One sweep by hand, part by part: the median of each in milliseconds, as JSON.

A program of its own, since it needs the settings of the system that it looks at.
"""

import json
import statistics
import sys
from collections.abc import Callable

from models.clock import tick
from state_machines.durable import sweep
from tasks.worker import database

TIMES = 50
PARTS: tuple[Callable[[], object], ...] = (
    sweep.fire_deadlines,
    sweep.schedule_polls,
    sweep.apply_signals,
    sweep.due_activities,
)


def _timed(part: Callable[[], object]) -> float:
    start = tick()
    part()
    return (tick() - start) * 1000


if __name__ == "__main__":
    with database().app_context():
        medians = {p.__name__: statistics.median(_timed(p) for _ in range(TIMES)) for p in PARTS}
    json.dump(medians, sys.stdout)
