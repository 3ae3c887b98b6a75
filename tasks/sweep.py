"""Beat's tick: what time has made due is handed out again. Any number may run at once."""

from collections import defaultdict
from uuid import UUID

from state_machines.durable import sweep
from tasks import dispatch


def run() -> dict[str, int]:
    """Sweep once; how many of each kind were found."""
    counts = {
        "deadlines": sweep.fire_deadlines(),
        "enquiries": sweep.make_enquiries(),
        "signals": sweep.apply_signals(),
    }
    found: dict[str, list[UUID]] = defaultdict(list)
    for name, activity_id in sweep.due_activities():
        found[name].append(activity_id)
    for name, ids in found.items():
        dispatch.publish(name, ids)
    return counts | {"activities": sum(map(len, found.values()))}
