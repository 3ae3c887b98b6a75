"""A record of quiet transitions, which the history does not have."""

from functools import partial
from typing import Any

from state_machines.durable import DurableMachine

# (machine, signal, source, target), since this was last emptied.
moved: set[tuple[str, str, str | None, str]] = set()


def watch() -> None:
    """Note the quiet moves of all machines."""
    for machine in DurableMachine.registry.values():
        for arrow in machine.arrows:
            if arrow.quiet:
                name = (machine.name, arrow.signal.value, arrow.source, arrow.target)
                events = machine._machine.get_transitions(
                    arrow.signal.value, str(arrow.source), str(arrow.target)
                )
                for transition in events:
                    transition.add_callback("after", partial(_note, name))


def _note(name: tuple[str, str, str | None, str], _: Any) -> None:
    moved.add(name)
