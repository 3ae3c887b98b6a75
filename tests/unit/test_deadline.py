"""Repeating deadlines fire at growing intervals, and write no history where nothing changed."""

from datetime import timedelta
from enum import StrEnum, auto

from state_machines.durable import Deadline, growing

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Lamp(StrEnum):
    ON = auto()
    OFF = auto()


class Push(StrEnum):
    LOOK = auto()


def test_intervals_double_until_they_reach_the_last() -> None:
    assert growing(MINUTE, last=6 * MINUTE) == (MINUTE, 2 * MINUTE, 4 * MINUTE, 6 * MINUTE)
    assert growing(HOUR, last=MINUTE) == (HOUR,), "the first is longer than the last"


def test_a_deadline_that_fires_again_waits_for_longer_each_time() -> None:
    deadline = Deadline((Lamp.ON,), growing(MINUTE, last=6 * HOUR), Push.LOOK)
    passed, waits = timedelta(0), []
    while passed < timedelta(days=14):
        waits.append(deadline.interval(passed))
        passed += waits[-1]
    assert waits[:4] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    assert waits == sorted(waits)
    assert waits[-1] == 6 * HOUR
    assert len(waits) < 70, "an hour at one pace had 60"
