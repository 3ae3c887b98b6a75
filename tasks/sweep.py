"""Periodic recovery: fire deadlines, poll stale rows, apply stored signals, republish activities.

Any number of sweeps may run at once.
"""

from collections import defaultdict
from collections.abc import Callable
from uuid import UUID

from models import metrics
from models.clock import tick
from models.logs import logger
from state_machines.durable import sweep
from tasks import dispatch

log = logger(__name__)


def run() -> dict[str, int]:
    """Sweep once and return the number of rows of each kind.

    A kind that fails is logged and omitted. It stops no other kind, and the next tick retries it.
    """
    counts: dict[str, int] = {}
    for kind, part in PARTS.items():
        began = tick()
        try:
            counts[kind] = part(counts)
        except Exception:
            log.exception("sweeping the %s failed", kind)
            metrics.SWEEP_FAILURES.add(kind)
        else:
            metrics.SWEEP_ROWS.add(kind, amount=counts[kind])
        metrics.SWEEP_SECONDS.observe(tick() - began, kind)
    return counts


def _rescue_overdue(counts: dict[str, int]) -> int:
    # While deadlines are overdue, the activities that they schedule have to wait.
    is_behind = counts.get("deadlines", 0) >= sweep.DEADLINES_PER_PAGE
    ids_by_name: dict[str, list[UUID]] = defaultdict(list)
    for name, activity_id in sweep.due_activities(deadlines_are_overdue=is_behind):
        ids_by_name[name].append(activity_id)
    for name, ids in ids_by_name.items():
        dispatch.publish_or_complain(name, ids)
    return sum(map(len, ids_by_name.values()))


# Activities come last, so that those scheduled by deadlines are published in the same tick.
PARTS: dict[str, Callable[[dict[str, int]], int]] = {
    "deadlines": lambda _: sweep.fire_deadlines(),
    "polls": lambda _: sweep.schedule_polls(),
    "signals": lambda _: sweep.apply_signals(),
    "activities": _rescue_overdue,
}
