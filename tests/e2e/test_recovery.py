"""A worker dies during its calls, and another makes them; the bench measures how soon."""

from bench import recovery
from launch.stack import Stack


def test_activities_of_a_dead_worker_are_claimed_again(stack: Stack) -> None:
    assert recovery.measure(stack)
