"""The play of a past: its stories in the order of their time, on the moved clock."""

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import count
from pathlib import Path

from demo.past.calendar import plan
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
    dice = random.Random(seed)  # noqa: S311  the same seed gives the same past
    # The delays between attempts use the common source.
    random.seed(seed)
    end = clock.now()
    outside = Outside(dice, data)
    outside.start()
    try:
        with clock.stopped(end - timedelta(days=days), step=MOMENT) as time:
            shop = Shop(dice, outside, Machinery(dice, outside, time), time)
            with shop.machinery.listening():
                shop.open()
                _play(shop, time.at, end, orders)
    finally:
        outside.stop()


def _play(shop: Shop, begin: datetime, end: datetime, orders: int) -> None:
    """Resume each story at its time. A story that would go on after `end` stays where it is."""
    numbers = count()
    agenda: list[tuple[datetime, int, Story]] = [
        (begin, next(numbers), _reconcile(shop, end - HOURLY)),
        (begin, next(numbers), _restock(shop)),
    ]
    for moment, opening in plan(shop.dice, begin, end, orders):
        agenda.append((moment, next(numbers), opening(shop)))
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
