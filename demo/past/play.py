"""The play of a past: its stories in the order of their time, on the moved clock."""

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import count
from pathlib import Path

from demo.past.calendar import Opening, plan
from demo.past.machinery import Machinery
from demo.past.outside import Outside
from demo.past.shop import Shop
from demo.past.stories import Story
from models import clock
from models.errors import ProjectXError
from state_machines.durable import SignalRefusedError

# Passes at each look at the clock, so that ids sort by when they were made.
MOMENT = timedelta(milliseconds=2)
HOUR, DAY, RESTOCK_INTERVAL = timedelta(hours=1), timedelta(days=1), timedelta(hours=61)
# Reconciliation, hourly in a running shop, is daily in the past but for its end.
HOURLY = timedelta(hours=8)


def play(data: Path, *, seed: int, days: int, orders: int) -> None:
    """Give the shop a past of `days` up to now. The sandbox's rows are written into `data`."""
    # The delays between attempts use the common source.
    random.seed(seed)
    end = clock.now()
    outside = Outside(make_dice(seed, "faults"), data)
    outside.start()
    try:
        with clock.stopped(end - timedelta(days=days), step=MOMENT) as time:
            machinery = Machinery(make_dice(seed, "machinery"), outside, time)
            shop = Shop(make_dice(seed, "shop"), outside, machinery, time)
            stories = plan(make_dice(seed, "calendar"), end, days, orders)
            with machinery.listening():
                shop.open()
                _play(shop, seed, end, stories)
    finally:
        outside.stop()


def make_dice(seed: int, name: str | int) -> random.Random:
    """Return the source of chance of one part of the past: draws elsewhere do not change it."""
    return random.Random(f"{seed}:{name}")  # noqa: S311  the same seed gives the same past


def _play(
    shop: Shop, seed: int, end: datetime, stories: Iterator[tuple[datetime, Opening]]
) -> None:
    """Resume each story at its time. A story that would go on after `end` stays where it is."""
    numbers, begin = count(), shop.time.at
    agenda: list[tuple[datetime, int, Story]] = [
        (begin, next(numbers), _reconcile(shop, end - HOURLY)),
        (begin, next(numbers), _restock(shop)),
    ]
    for moment, opening in stories:
        number = next(numbers)
        agenda.append((moment, number, opening(shop.with_dice(make_dice(seed, number)))))
    heapify(agenda)
    while agenda and agenda[0][0] <= end:
        moment, _, story = heappop(agenda)
        shop.machinery.pass_time(moment)
        with suppress(ProjectXError, SignalRefusedError, StopIteration):
            pause = next(story)
            heappush(agenda, (shop.time.at + pause, next(numbers), story))
    shop.machinery.pass_time(end)


def _reconcile(shop: Shop, hourly_from: datetime) -> Iterator[timedelta]:
    while True:
        yield HOUR if shop.time.at > hourly_from else DAY
        shop.machinery.reconcile()


def _restock(shop: Shop) -> Iterator[timedelta]:
    while True:
        yield RESTOCK_INTERVAL
        shop.restock()
