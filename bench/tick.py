"""The duration of a sweep by parts: the median of each in milliseconds, as JSON.

This is a separate program, since it needs the settings of the measured system.
"""

import json
import statistics
import sys
from collections.abc import Callable

from models.clock import tick
from state_machines.durable import sweep
from tasks.worker import database

REPETITIONS = 50
PARTS: tuple[Callable[[], object], ...] = (
    sweep.fire_deadlines,
    sweep.schedule_polls,
    sweep.apply_signals,
    sweep.due_activities,
)


def _time(part: Callable[[], object]) -> float:
    """Run a part of the sweep, and return its duration in milliseconds."""
    start = tick()
    part()
    return (tick() - start) * 1000


if __name__ == "__main__":
    with database().app_context():
        medians = {
            p.__name__: statistics.median(_time(p) for _ in range(REPETITIONS)) for p in PARTS
        }
    json.dump(medians, sys.stdout)
