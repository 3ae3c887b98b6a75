"""The states of a machine: their column as text, and those that the system itself must leave."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, tuple_

# A class of a machine.
Machine = type[Any]
# The bounds of all ids.
FIRST_ID, LAST_ID = UUID(int=0), UUID(int=2**128 - 1)


def state_of(machine: Machine) -> ColumnElement[str]:
    """Return the column of the states as text, which also reads states that were removed."""
    return cast(machine.model.state, Text)


def is_in_state(machine: Machine, state: str, last: UUID = LAST_ID) -> ColumnElement[bool]:
    """Return the condition of rows in a state whose id is at most `last`, for `key_of_state`.

    Only the index of states gives that order of this range. With the state alone, PostgreSQL may
    read all rows by id instead, or sort all rows of the state.
    """
    key = tuple_(*key_of_state(machine))
    return and_(key >= tuple_(state, FIRST_ID), key <= tuple_(state, last))


def key_of_state(machine: Machine) -> tuple[ColumnElement[Any], ...]:
    """Return the columns of the index of states: the rows of one state are in the order of ids."""
    return state_of(machine), machine.model.id


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
