"""A worker dies with what it was doing: somebody does it again; the bench measures how soon."""

from bench import recovery
from launch.stack import Stack


def test_activities_of_a_dead_worker_are_claimed_again(stack: Stack) -> None:
    assert recovery.measure(stack)
