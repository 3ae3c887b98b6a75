"""The door of the race's contenders: what comes together goes on together, and nobody is lost."""

import asyncio
import threading

import pytest

from bench.race.front import Gathered


def test_what_came_meanwhile_is_handed_on_together() -> None:
    handed: list[list[int]] = []
    gate = threading.Event()

    def do(items: list[int]) -> None:
        handed.append(items)
        assert gate.wait(5)

    async def story() -> None:
        gathered = Gathered(do)
        adding = [asyncio.create_task(gathered.add(number)) for number in range(5)]
        await asyncio.sleep(0)
        adding.append(asyncio.create_task(gathered.add(5)))
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(*adding)

    asyncio.run(story())
    assert [number for some in handed for number in some] == [0, 1, 2, 3, 4, 5]
    assert len(handed) == 2


def test_an_error_reaches_all_who_wait_and_the_next_goes_on() -> None:
    done: list[str] = []

    def do(items: list[str]) -> None:
        if "poison" in items:
            raise ValueError("poison")
        done.extend(items)

    async def story() -> None:
        gathered = Gathered(do)
        with pytest.raises(ValueError, match="poison"):
            await gathered.add("poison")
        await gathered.add("well")

    asyncio.run(story())
    assert done == ["well"]
