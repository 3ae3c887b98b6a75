"""Beat's tick: what time has made due is handed out again. Any number may run at once."""

from collections import defaultdict
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
            counts[kind] = part()
        except Exception:
            log.exception("sweeping the %s failed", kind)
    return counts


def _hand_out() -> int:
    found: dict[str, list[UUID]] = defaultdict(list)
    for name, activity_id in sweep.due_activities():
        found[name].append(activity_id)
    for name, ids in found.items():
        dispatch.publish_or_complain(name, ids)
    return sum(map(len, found.values()))


# Activities come last: those that a deadline has asked for go out in the same tick.
PARTS = {
    "deadlines": sweep.fire_deadlines,
    "enquiries": sweep.make_enquiries,
    "signals": sweep.apply_signals,
    "activities": _hand_out,
}
