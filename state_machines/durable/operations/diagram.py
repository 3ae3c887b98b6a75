"""Diagrams of machines, as docs and operators read them."""

from typing import Any

from state_machines.durable.machine import DurableMachine


def mermaid(machine: type[DurableMachine[Any]]) -> str:
    """Return the machine's state diagram in Mermaid's notation."""
    lines = ["stateDiagram-v2"]
    for arrow in machine.arrows:
        label = arrow.signal.value
        if arrow.parent_signal:
            label += f" (parent: {arrow.parent_signal.value})"
        if arrow.do:
            label += " / " + ", ".join(arrow.do)
        if arrow.writes:
            label += " + " + ", ".join(arrow.writes)
        if arrow.retired:
            label += " (retired)"
        lines.append(f"    {arrow.source or '[*]'} --> {arrow.target}: {label}")
    for deadline in machine.deadlines:
        lines += [
            f"    {state}: {state}<br/>deadline: {deadline.send.value}" for state in deadline.states
        ]
    lines += [f"    {state}: {state}<br/>retired" for state in machine.retired_states]
    return "\n".join(lines) + "\n"
