"""Ids sort by time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from models import clock
from models.ids import first_after, first_of, first_of_hour, uuid7

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def test_ids_are_uuid7_and_sort_by_creation_time_also_within_a_millisecond() -> None:
    with clock.stopped(datetime(2026, 1, 1, tzinfo=UTC)) as time:
        made = []
        for _ in range(3000):
            made.append(uuid7())
            time.advance(microseconds=1)
    assert made == sorted(made)
    assert {(key.version, key.variant) for key in made} == {(7, "specified in RFC 4122")}
    assert made[0].int >> 80 == 1767225600000


def test_the_first_ids_of_a_time_bound_the_ids_made_at_it() -> None:
    moment = datetime(2026, 1, 1, 4, 45, 0, 7_000, tzinfo=UTC)
    with clock.stopped(moment) as time:
        at = uuid7()
        time.advance(milliseconds=1)
        after = uuid7()
    assert first_of(moment) < at < first_after(moment) < after
    hour = first_of(datetime(2026, 1, 1, 4, tzinfo=UTC))
    half = timezone(timedelta(hours=5, minutes=30))
    assert first_of_hour(moment) == first_of_hour(moment.astimezone(half)) == hour


@pytest.mark.parametrize("year", [1, 1752, 1969])
def test_a_time_that_no_id_can_tell_is_before_all_ids(year: int) -> None:
    early = datetime(year, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    assert first_of(early) == first_after(early) == first_of_hour(early) == first_of(EPOCH)


def test_the_last_time_is_after_all_ids() -> None:
    assert (
        uuid7()
        < first_of(datetime.max.replace(tzinfo=UTC))
        < first_after(datetime.max.replace(tzinfo=timezone(timedelta(hours=-14))))
    )
