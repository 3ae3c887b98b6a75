"""The stories of the demo, each against real processes."""

from collections.abc import Callable

import pytest

from demo.stories import STORIES
from demo.world import World


@pytest.mark.parametrize("story", [pytest.param(play, id=title) for title, play in STORIES])
def test_story(world: World, story: Callable[[World], None]) -> None:
    story(world)
