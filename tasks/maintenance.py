"""Maintenance: start a reconciliation when it is due, and delete expired rows."""

from models import retention, transaction
from state_machines.actions import reconcile


def run() -> dict[str, int]:
    """Do the maintenance that is due and return the numbers by kind.

    Any number may run at once.
    """
    with transaction():
        is_started = reconcile.start_when_due()
    return {"reconciliations": int(is_started)} | retention.forget()
