"""Effects: what a move changes beside its own row, in the same transaction.

Arrows name them as they name activities, so that the tables stay readable and know no other noun.
"""

from collections.abc import Callable
from typing import Any, TypeVar

# Takes the row that moved, and the reason that was given for it.
Effect = Callable[[Any, str | None], None]
F = TypeVar("F", bound=Effect)

registry: dict[str, Effect] = {}


def writes(name: str) -> Callable[[F], F]:
    """Register a function as the effect `name`, such as "stock.release"."""

    def register(run: F) -> F:
        registry[name] = run
        return run

    return register
