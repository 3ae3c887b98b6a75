"""The ids of rows: UUIDs of version 7, which sort by time."""

import hashlib
import secrets
from datetime import UTC, datetime
from uuid import UUID

from models import clock

RANDOM_BITS = 74


def uuid7() -> UUID:
    """Return a time-ordered random UUID. Source: RFC 9562, section 5.7."""
    return _make(clock.now(), secrets.randbits(RANDOM_BITS))


def derived(moment: datetime, *names: str) -> UUID:
    """Return a UUID that depends only on `moment` and `names`."""
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    return _make(moment, int.from_bytes(digest) >> len(digest) * 8 - RANDOM_BITS)


def _make(moment: datetime, random: int) -> UUID:
    milliseconds = int(moment.timestamp() * 1000)
    value = (
        milliseconds << 80 | 0x7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & ~(~0 << 62)
    )
    return UUID(int=value)


def first_of(moment: datetime) -> UUID:
    """Return the smallest id that `uuid7` can make at `moment`: older rows have smaller ids.

    No id is older than 1970, so that every earlier moment has the smallest id of all.
    """
    return _first_of(int(moment.timestamp() * 1000))


def first_after(moment: datetime) -> UUID:
    """Return the smallest id of the milliseconds after `moment`: rows until it have smaller ids."""
    return _first_of(int(moment.timestamp() * 1000) + 1)


def first_of_hour(moment: datetime) -> UUID:
    """Return the smallest id that `uuid7` can make in the hour (UTC) of `moment`."""
    return _first_of(int(moment.timestamp() // 3600) * 3_600_000)


def _first_of(milliseconds: int) -> UUID:
    return UUID(int=max(milliseconds, 0) << 80 | 0x7 << 76 | 0b10 << 62)


def made_at(key: UUID) -> datetime | None:
    """Return the time at which `uuid7` made an id; None for an id of another kind."""
    is_ours = key.version == 7  # noqa: PLR2004
    return datetime.fromtimestamp((key.int >> 80) / 1000, UTC) if is_ours else None


ID_LENGTH = 36  # characters


def as_id(text: str) -> UUID | None:
    """Return the text as an id, or None. References and SKUs may be 32 digits without dashes."""
    try:
        return UUID(text) if len(text) == ID_LENGTH else None
    except ValueError:
        return None
