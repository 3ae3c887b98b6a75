"""Everything goes wrong at once, and in the end all books agree."""

import os
import random
import threading
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from typing import Any

import psycopg2
import pytest
import requests

from demo.buyer import Buyer, TookTooLongError, wait_for
from demo.world import World
from launch.stack import Stack
from launch.supervisor import ENDS_WINDOW, MAX_ENDS
from models.clock import tick
from tests.support import histories, invariants, proof, storm
from tests.support.storm import FAULTS, PAYMENT_TIMEOUT, SETTINGS

ORDERS = 300 if proof.IN_FULL else 60
BUYERS = 24
SCARCE = ORDERS // 8  # pieces of one product, which every fourth customer wants
VICTIMS = {"worker-1": 4, "worker-2": 4, "sweeper": 2, "beat": 1}


@pytest.fixture
def stack() -> Iterator[Stack]:
    """Yield a system with short times."""
    own = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "STRIPE_SECRET_KEY", "SENDGRID_API_KEY"), "")
    with Stack(environment=own | SETTINGS) as running:
        yield running


@pytest.fixture
def db(stack: Stack) -> Iterator[Any]:
    with closing(psycopg2.connect(stack.environment["DATABASE_URL"])) as connection:
        yield connection


@pytest.fixture
def seed() -> int:
    """Return the seed of the storm: STORM_SEED repeats an earlier one."""
    number = int(os.environ.get("STORM_SEED") or random.randrange(1_000_000))
    print(f"\nSTORM_SEED={number}")  # noqa: T201  a failed run shows it
    return number


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


def test_the_books_are_correct_after_a_storm(stack: Stack, db: Any, seed: int) -> None:
    began, world = tick(), World.of(stack)
    at_first = fill_the_shelves(world, db)
    placed, sold_out, deaths = weather_the_storm(world, stack, seed)
    assert len(set(placed)) == ORDERS
    come_to_rest(db, seconds=180)
    await_reconciliation(db)
    come_to_rest(db, seconds=60)

    ledger = requests.get(f"{world.urls.sandbox}/ledger.json", timeout=60).json()
    mails = requests.get(f"{world.urls.sandbox}/mail.json", timeout=30).json()
    invariants.every_order_has_ended(db, placed)
    invariants.the_bank_agrees(db, ledger)
    invariants.nobody_pays_for_nothing(db, ledger)
    invariants.refunds_fit(db)
    invariants.the_shelves_add_up(db, at_first)
    doubled = invariants.every_email_arrived(db, mails)
    invariants.nothing_can_be_paid(ledger)
    invariants.paid_once(db)
    histories.verify(stack.environment)
    assert stack.supervisor.given_up is None
    print(  # noqa: T201  a failed run shows it
        f"storm {seed}: {figures(db)}, {sold_out} times sold out, {deaths.total()} kills, "
        f"{doubled} repeated emails, {tick() - began:.0f} s"
    )


def weather_the_storm(world: World, stack: Stack, seed: int) -> tuple[list[str], int, Counter[str]]:
    """Let all customers place an order each in the storm.

    Return the orders' ids, how often something was sold out, and the number of deaths of each
    victim.
    """
    buyers = [Buyer(world.urls) for _ in range(BUYERS)]
    with ThreadPoolExecutor(BUYERS) as pool:
        list(pool.map(Buyer.log_in, buyers))
        products = sorted(buyers[0].products(), key=lambda product: str(product["sku"]))

        def shop(number: int) -> list[str | None]:
            dice, tries = random.Random(f"{seed}:{number}"), list[str | None]()
            while not any(tries):
                chosen = dice.sample(products[1:], dice.randint(1, 3))
                if dice.random() < 0.25:
                    chosen[0] = products[0]
                tries.append(storm.shop(buyers[number % BUYERS], chosen, dice, PAYMENT_TIMEOUT))
            return tries

        world.faults(seed=seed, **FAULTS)
        with killed_at_random(stack, random.Random(seed)) as deaths:
            tries = [visit for visits in pool.map(shop, range(ORDERS)) for visit in visits]
        world.faults()
    return [order for order in tries if order is not None], tries.count(None), deaths


def fill_the_shelves(world: World, db: Any) -> dict[str, int]:
    """Restock all products but the first, and return the stock of each by its id."""
    world.restock(10_000)
    with db, db.cursor() as cursor:
        scarce = "UPDATE product SET stock = %s WHERE sku = (SELECT min(sku) FROM product)"
        cursor.execute(scarce, (SCARCE,))
    return {
        row["id"]: row["stock"]
        for row in invariants.read(db, "SELECT id::text, stock FROM product")
    }


def come_to_rest(db: Any, *, seconds: float) -> None:
    """Wait until nothing is left to do. Fails with what is."""
    try:
        wait_for(lambda: not invariants.under_way(db) or None, "rest", seconds=seconds)
    except TookTooLongError:
        pytest.fail(f"after {seconds} s still under way: {invariants.under_way(db)}")


def await_reconciliation(db: Any) -> None:
    """Wait for the end of one that begins after this moment."""
    last = "SELECT max(created_at) AS began FROM reconciliation"
    (before,) = invariants.read(db, last)
    newer = "SELECT 1 FROM reconciliation WHERE state = 'Done' AND created_at > %s"
    wait_for(
        lambda: invariants.read(db, newer, before["began"]) or None, "a reconciliation", seconds=120
    )


def figures(db: Any) -> str:
    """Return the numbers of orders, refunds and late payments."""
    query = """
        SELECT state AS what, count(*) FROM orders GROUP BY state
        UNION ALL SELECT 'refunds', count(*) FROM refund
        UNION ALL SELECT 'bounced emails', count(*) FROM notice WHERE kind = 'undelivered'
        UNION ALL SELECT 'late payments', count(*) FROM transition WHERE machine = 'payment'
            AND signal = 'succeeded' AND source IN ('Expiring', 'Failure', 'Cancelled')
    """
    return ", ".join(f"{row['count']} {row['what']}" for row in invariants.read(db, query))
