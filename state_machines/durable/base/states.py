"""The states of a machine: their column as text, and those that the system itself must leave."""

from typing import Any

from sqlalchemy import ColumnElement, Text, cast

# A class of a machine.
Machine = type[Any]


def state_of(machine: Machine) -> ColumnElement[str]:
    """Return the column of the states as text, which also reads states that were removed."""
    return cast(machine.model.state, Text)


def moved_by_system(machine: Machine) -> tuple[str, ...]:
    """Return the states that the system itself must leave: not final, not externally driven."""
    return tuple(
        state
        for state in machine.states
        if state not in machine.externally_driven
        and any(
            arrow.source == state and arrow.target != state
            for arrow in machine.arrows
            if not arrow.retired
        )
    )
