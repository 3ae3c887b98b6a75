"""What a machine is made of: arrows and deadlines, which are plain data."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Arrow:
    """`signal` moves from `source` (None: the row is born) to `target`, asks for the activities
    `do` and has the effects `effects` on other rows, and tells the parent execution `tells`: all in
    one transaction.
    """

    signal: StrEnum
    source: StrEnum | None
    target: StrEnum
    do: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    tells: StrEnum | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """In any of `states` for `after`, the row is sent `send`. Moving among them leaves the clock
    running; coming from elsewhere, or staying once it has rung, winds it up: from the turn of what
    the arrow asks for, where that has to wait.
    """

    states: tuple[StrEnum, ...]
    after: timedelta
    send: StrEnum


@dataclass(frozen=True, slots=True)
class Enquiry:
    """In any of `states`, the activity `do` asks the outside world whether its word got lost: when
    the row is as old as each of `ages`, and every last of them from then on.
    """

    states: tuple[StrEnum, ...]
    ages: tuple[timedelta, ...]
    do: str

    def after(self, born: datetime, at: datetime) -> datetime:
        """When to ask next, of a row that was born at `born`."""
        ripe = (born + age for age in self.ages)
        return next((moment for moment in ripe if moment > at), at + self.ages[-1])
