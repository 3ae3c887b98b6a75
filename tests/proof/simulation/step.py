"""The steps from which the scheduler chooses."""

from collections.abc import Callable
from typing import NamedTuple


class Step(NamedTuple):
    """One possible next step; `weight` is its probability beside the others.

    The result of `do` is recorded beside the name in the trail.
    """

    weight: float
    name: str
    do: Callable[[], object]
