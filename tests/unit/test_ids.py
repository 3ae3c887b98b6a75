"""Ids sort by time."""

from datetime import UTC, datetime

from models import clock
from models.ids import uuid7


def test_ids_are_uuid7_and_sort_by_creation_time() -> None:
    with clock.stopped(datetime(2026, 1, 1, tzinfo=UTC)) as time:
        made = []
        for _ in range(50):
            made.append(uuid7())
            time.advance(milliseconds=1)
    assert made == sorted(made)
    assert {(key.version, key.variant) for key in made} == {(7, "specified in RFC 4122")}
    assert made[0].int >> 80 == 1767225600000
