"""Names of arrows, and those that no exploration walks."""

from typing import Any

from state_machines.durable import Arrow, DurableMachine

# What this world does not come past: here a search at Stripe is never behind, and a refund that
# Stripe refused is not there. The simulation does.
NOT_WALKED = {"payment Failure orphaned", "payment Cancelled orphaned", "refund Failed find"}


def arrow_name(machine: type[DurableMachine[Any]], arrow: Arrow) -> str:
    return f"{machine.name} {arrow.source} {arrow.signal}"
