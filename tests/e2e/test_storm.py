"""Everything goes wrong at once, and in the end all books agree."""

import random
import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import psycopg2
import pytest

from demo.buyer import Buyer
from demo.world import World
from launch.stack import Stack
from launch.supervisor import ENDS_WINDOW, MAX_ENDS
from models.clock import tick
from tests.support import histories, proof, weather
from tests.support.storm import SETTINGS
from tests.support.system import OWN

ORDERS = 300 if proof.IN_FULL else 60
BUYERS = 24
SCARCE = ORDERS // 8  # pieces of one product, which every fourth customer wants
VICTIMS = {"worker-1": 4, "worker-2": 4, "sweeper": 2, "beat": 1}


@pytest.fixture
def stack() -> Iterator[Stack]:
    """Yield a system with short times."""
    with Stack(environment=OWN | SETTINGS) as running:
        yield running


@pytest.fixture
def db(stack: Stack) -> Iterator[Any]:
    with closing(psycopg2.connect(stack.environment["DATABASE_URL"])) as connection:
        yield connection


@contextmanager
def killed_at_random(stack: Stack, dice: random.Random) -> Iterator[Counter[str]]:
    """Kill one of the VICTIMS about every two seconds, and yield the number of deaths of each.

    None is killed so often that the supervisor gives it up.
    """
    over, deaths = threading.Event(), Counter[str]()
    last = {name: deque[float](maxlen=MAX_ENDS - 1) for name in VICTIMS}

    def kill() -> None:
        while not over.wait(dice.uniform(1, 3)):
            (name,) = dice.choices(list(VICTIMS), list(VICTIMS.values()))
            times = last[name]
            if len(times) == times.maxlen and tick() - times[0] < ENDS_WINDOW + 1:
                continue
            with suppress(ProcessLookupError):  # it has not come back yet
                stack.kill(name)
                times.append(tick())
                deaths[name] += 1

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield deaths
    finally:
        over.set()
        thread.join()


def test_the_books_are_correct_after_a_storm(stack: Stack, db: Any) -> None:
    seed = weather.choose_seed()
    began, world = tick(), World.of(stack)
    at_first = weather.fill_the_shelves(world, db, SCARCE)
    buyers = [Buyer(world.urls) for _ in range(BUYERS)]
    weather.log_in(buyers)
    with (
        weather.stormy(world, seed),
        killed_at_random(stack, random.Random(seed)) as deaths,
        weather.shopping(buyers, seed, lambda number: number < ORDERS) as tries,
    ):
        pass
    placed = [order_id for order_id in tries if order_id is not None]
    assert len(set(placed)) == ORDERS
    doubled = weather.check_the_books(world, db, placed, at_first)
    histories.verify(stack.environment)
    assert stack.supervisor.given_up is None
    print(  # noqa: T201  a failed run shows it
        f"storm {seed}: {weather.figures(db)}, {tries.count(None)} times sold out, "
        f"{deaths.total()} kills, {doubled} repeated emails, {tick() - began:.0f} s"
    )
