"""Identifiers: UUID version 7, which sort by time and so keep index pages warm."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from models import clock

RANDOM = 74  # bits


def uuid7() -> UUID:
    """A time-ordered random UUID. Source: RFC 9562, section 5.7."""
    return _make(clock.now(), secrets.randbits(RANDOM))


def derived(moment: datetime, *names: str) -> UUID:
    """The same for `moment` and `names`, each time."""
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    return _make(moment, int.from_bytes(digest) >> len(digest) * 8 - RANDOM)


def _make(moment: datetime, random: int) -> UUID:
    milliseconds = int(moment.timestamp() * 1000)
    value = (
        milliseconds << 80 | 0x7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & ~(~0 << 62)
    )
    return UUID(int=value)


def first_of(moment: datetime) -> UUID:
    """The smallest id that `uuid7` could make at `moment`: all older rows have smaller ones."""
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 0x7 << 76 | 0b10 << 62)
