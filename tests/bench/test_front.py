"""The batches of the race's contenders: items that come together are processed together."""

import asyncio
import threading

import pytest

from bench.race.front import Batcher


def test_items_that_came_during_a_call_are_one_batch() -> None:
    batches: list[list[int]] = []
    gate = threading.Event()

    def process(items: list[int]) -> None:
        batches.append(items)
        assert gate.wait(5)

    async def story() -> None:
        batcher = Batcher(process)
        adding = [asyncio.create_task(batcher.add(number)) for number in range(5)]
        await asyncio.sleep(0)
        adding.append(asyncio.create_task(batcher.add(5)))
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(*adding)

    asyncio.run(story())
    assert [number for batch in batches for number in batch] == [0, 1, 2, 3, 4, 5]
    assert len(batches) == 2


def test_an_error_is_raised_for_its_batch_and_not_for_the_next() -> None:
    done: list[str] = []

    def process(items: list[str]) -> None:
        if "poison" in items:
            raise ValueError("poison")
        done.extend(items)

    async def story() -> None:
        batcher = Batcher(process)
        with pytest.raises(ValueError, match="poison"):
            await batcher.add("poison")
        await batcher.add("well")

    asyncio.run(story())
    assert done == ["well"]
