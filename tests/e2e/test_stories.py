"""The stories of the demo, each against real processes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from demo.stories import STORIES, never_pay, pay_after_the_timeout
from demo.world import World

# They wait for the payment timeout and disturb no other.
PATIENT = (never_pay, pay_after_the_timeout)


@pytest.mark.parametrize(
    "story", [pytest.param(play, id=title) for title, play in STORIES if play not in PATIENT]
)
def test_story(world: World, story: Callable[[World], None]) -> None:
    story(world)


def test_stories_of_the_payment_timeout_side_by_side(world: World) -> None:
    with ThreadPoolExecutor(len(PATIENT)) as pool:
        for played in [pool.submit(story, world) for story in PATIENT]:
            played.result()
