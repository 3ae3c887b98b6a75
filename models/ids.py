"""Identifiers: UUID version 7, which sort by time and so keep index pages warm."""

import secrets
from datetime import datetime
from uuid import UUID

from models import clock


def uuid7() -> UUID:
    """A time-ordered random UUID. Source: RFC 9562, section 5.7."""
    milliseconds = int(clock.now().timestamp() * 1000)
    random = secrets.randbits(74)
    value = (
        milliseconds << 80 | 0x7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & ~(~0 << 62)
    )
    return UUID(int=value)


def first_of(moment: datetime) -> UUID:
    """The smallest id that `uuid7` could make at `moment`: all older rows have smaller ones."""
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 0x7 << 76 | 0b10 << 62)
