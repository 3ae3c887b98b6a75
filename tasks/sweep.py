"""Beat's tick: what time has made due is handed out again. Any number may run at once."""

from collections import defaultdict
from collections.abc import Callable
from uuid import UUID

from state_machines.durable import sweep
from state_machines.durable.complaint import complaints
from tasks import dispatch

log = complaints(__name__)


def run() -> dict[str, int]:
    """Sweep once; how many of each kind were found. A kind that fails stops no other, and is left
    out: the next tick tries it again.
    """
    counts: dict[str, int] = {}
    for kind, part in PARTS.items():
        try:
            counts[kind] = part(counts)
        except Exception:
            log.exception("sweeping the %s failed", kind)
    return counts


def _rescue_overdue(counts: dict[str, int]) -> int:
    # First all deadlines that are due are served, then what they ask for.
    rush = counts.get("deadlines", 0) >= sweep.DEADLINES
    found: dict[str, list[UUID]] = defaultdict(list)
    for name, activity_id in sweep.due_activities(rush=rush):
        found[name].append(activity_id)
    for name, ids in found.items():
        dispatch.publish_or_complain(name, ids)
    return sum(map(len, found.values()))


# Activities come last: those that a deadline has asked for go out in the same tick.
PARTS: dict[str, Callable[[dict[str, int]], int]] = {
    "deadlines": lambda _: sweep.fire_deadlines(),
    "polls": lambda _: sweep.schedule_polls(),
    "signals": lambda _: sweep.apply_signals(),
    "activities": _rescue_overdue,
}
