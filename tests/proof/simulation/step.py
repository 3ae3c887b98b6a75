"""What the scheduler chooses from."""

from collections.abc import Callable
from typing import NamedTuple


class Step(NamedTuple):
    """One of the things that may happen next; `weight` says how often it is chosen. What `do`
    answers stands beside the name in the trail.
    """

    weight: float
    name: str
    do: Callable[[], object]
