"""Whatever repeats does so at growing intervals, and leaves no trace where nothing changed."""

from datetime import timedelta
from enum import StrEnum, auto

import pytest

from state_machines.durable import Arrow, Deadline, growing
from state_machines.durable.definition import refuse_steady_repetition

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


@pytest.mark.parametrize(
    ("after", "arrow", "complaint"),
    [
        (MINUTE, Arrow(Push.LOOK, Lamp.ON, Lamp.ON, quiet=True), "growing intervals"),
        (growing(MINUTE, last=HOUR), Arrow(Push.LOOK, Lamp.ON, Lamp.ON), "must be quiet"),
        (MINUTE, Arrow(Push.LOOK, Lamp.ON, Lamp.OFF, quiet=True), "changes something"),
        (MINUTE, Arrow(Push.LOOK, Lamp.ON, Lamp.ON, writes=("x",), quiet=True), "changes"),
    ],
)
def test_a_machine_that_would_repeat_at_a_constant_interval_is_refused(
    after: timedelta | tuple[timedelta, ...], arrow: Arrow, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        refuse_steady_repetition("lamp", (arrow,), (Deadline((Lamp.ON,), after, Push.LOOK),))
