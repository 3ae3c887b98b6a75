"""Polls retrieve the state of a row at growing ages, in case an event was lost."""

from datetime import timedelta
from enum import StrEnum, auto

from models.clock import MovableClock
from state_machines.durable import Poll

DAY = 86400


class Waiting(StrEnum):
    LONG = auto()


def test_polls_follow_the_configured_ages_and_then_double(time: MovableClock) -> None:
    ages = tuple(timedelta(seconds=age) for age in (300, 3600, 86400))
    poll, born, polled_at = Poll((Waiting.LONG,), ages, "test.ask"), time(), []
    for _ in range(7):
        time.at = poll.after(born, time())
        polled_at.append((time() - born).total_seconds())
    assert polled_at == [age * DAY for age in (300 / DAY, 3600 / DAY, 1, 2, 4, 8, 15)]


def test_an_old_row_is_not_polled_for_past_ages(time: MovableClock) -> None:
    ages = (timedelta(minutes=5), timedelta(hours=1))
    poll = Poll((Waiting.LONG,), ages, "test.ask")
    born = time() - timedelta(hours=2)
    assert poll.after(born, time()) == time() + timedelta(hours=2)
