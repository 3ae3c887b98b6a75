"""Machines as Mermaid state diagrams, drawn from the arrows: the docs cannot disagree."""

from typing import Any

from state_machines.durable.machine import DurableMachine


def mermaid(machine: type[DurableMachine[Any]]) -> str:
    """The diagram of a machine, as the text that GitHub renders."""
    lines = ["stateDiagram-v2"]
    for arrow in machine.arrows:
        label = arrow.signal.value
        if arrow.parent_signal:
            label += f" (parent: {arrow.parent_signal.value})"
        if arrow.do:
            label += " / " + ", ".join(arrow.do)
        if arrow.writes:
            label += " + " + ", ".join(arrow.writes)
        lines.append(f"    {arrow.source or '[*]'} --> {arrow.target}: {label}")
    for deadline in machine.deadlines:
        lines += [
            f"    {state}: {state}<br/>deadline: {deadline.send.value}" for state in deadline.states
        ]
    return "\n".join(lines) + "\n"
