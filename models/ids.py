"""The ids of rows: UUIDs of version 7, which sort by time."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

from models import clock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
# A UUID of version 7 has these bits beside its milliseconds, and a few fixed ones.
HIGH_BITS, LOW_BITS = 12, 62


def uuid7() -> UUID:
    """Return a time-ordered random UUID.

    The 12 bits after the milliseconds are microseconds, so that rows of one millisecond sort by
    time, too. Source: RFC 9562, sections 5.7 and 6.2 (method 3).
    """
    milliseconds, microseconds = divmod(_microseconds(clock.now()), 1000)
    return _make(milliseconds, (microseconds << HIGH_BITS) // 1000, secrets.randbits(LOW_BITS))


def derived(moment: datetime, *names: str) -> UUID:
    """Return a UUID that depends only on `moment` and `names`."""
    digest = int.from_bytes(hashlib.sha256("\0".join(names).encode()).digest())
    high, low = divmod(digest >> 256 - HIGH_BITS - LOW_BITS, 1 << LOW_BITS)
    return _make(_milliseconds(moment), high, low)


def _make(milliseconds: int, high: int, low: int) -> UUID:
    return UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << LOW_BITS | low)


def _microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def _milliseconds(moment: datetime) -> int:
    return _microseconds(moment) // 1000


def first_of(moment: datetime) -> UUID:
    """Return the smallest id that `uuid7` can make at `moment`: older rows have smaller ids.

    No id is older than 1970, so that every earlier moment has the smallest id of all.
    """
    return _first_of(_milliseconds(moment))


def first_after(moment: datetime) -> UUID:
    """Return the smallest id of the milliseconds after `moment`: rows until it have smaller ids."""
    return _first_of(_milliseconds(moment) + 1)


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
