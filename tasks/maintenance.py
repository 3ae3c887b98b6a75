"""Beat's slow tick: a reconciliation when one is due, and what is old enough to be forgotten."""

from models import retention, transaction
from state_machines import reconciliation


def run() -> dict[str, int]:
    """Do what is due; how much of each kind. Any number may run at once."""
    with transaction():
        begun = reconciliation.start_when_due()
    return {"reconciliations": int(begun)} | retention.forget()
