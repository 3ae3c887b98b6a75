"""What a machine is made of: arrows and deadlines, which are plain data."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Arrow:
    """`signal` moves from `source` (None: the row is born) to `target`, asks for the activities
    `do`, and tells the parent execution `tells` in the same transaction.
    """

    signal: StrEnum
    source: StrEnum | None
    target: StrEnum
    do: tuple[str, ...] = ()
    tells: StrEnum | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """In any of `states` for `after`, the row is sent `send`. Moving among them leaves the clock
    running; coming from elsewhere, or staying once it has rung, winds it up.
    """

    states: tuple[StrEnum, ...]
    after: timedelta
    send: StrEnum
