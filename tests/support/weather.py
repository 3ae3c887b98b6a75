"""The storm around the customers: its faults, how long they come, and how the books are checked."""

import os
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
import requests

from demo.buyer import Buyer, Json, TookTooLongError, wait_for
from demo.world import World
from tests.support import invariants, storm
from tests.support.storm import FAULTS, PAYMENT_TIMEOUT


def choose_seed() -> int:
    """Return the seed of a storm, a random one unless STORM_SEED repeats an earlier one."""
    seed = int(os.environ.get("STORM_SEED") or random.randrange(1_000_000))
    print(f"\nSTORM_SEED={seed}")  # noqa: T201  a failed run shows it
    return seed


def fill_the_shelves(world: World, db: Any, scarce: int) -> dict[str, int]:
    """Restock all products but the first, of which there are `scarce` pieces.

    Return the stock of each by its id.
    """
    world.restock(10_000)
    with db, db.cursor() as cursor:
        few = "UPDATE product SET stock = %s WHERE sku = (SELECT min(sku) FROM product)"
        cursor.execute(few, (scarce,))
    return {
        row["id"]: row["stock"]
        for row in invariants.read(db, "SELECT id::text, stock FROM product")
    }


def log_in(buyers: list[Buyer]) -> None:
    """Log all customers in, side by side."""
    with ThreadPoolExecutor(len(buyers)) as pool:
        list(pool.map(lambda buyer: buyer.log_in(), buyers))


@contextmanager
def stormy(world: World, seed: int, faults: Json = FAULTS) -> Iterator[None]:
    """Let the providers fail during the block."""
    world.faults(seed=seed, **faults)
    try:
        yield
    finally:
        world.faults()


@contextmanager
def shopping(
    buyers: list[Buyer], seed: int, goes_on: Callable[[int], bool]
) -> Iterator[list[str | None]]:
    """Let all customers order, one order after the other, until the last one has been placed.

    `goes_on` says whether there is an order of this number. Yield the ids of the placed orders,
    with None for each that was sold out; they are complete at the end of the block.
    """
    products = sorted(buyers[0].products(), key=lambda product: str(product["sku"]))
    tries, numbers = list[str | None](), count()

    def shop(buyer: Buyer) -> None:
        while goes_on(number := next(numbers)):
            dice = random.Random(f"{seed}:{number}")
            order_id: str | None = None
            while order_id is None:
                chosen = dice.sample(products[1:], dice.randint(1, 3))
                if dice.random() < 0.25:
                    chosen[0] = products[0]
                order_id = storm.shop(buyer, chosen, dice, PAYMENT_TIMEOUT)
                tries.append(order_id)

    with ThreadPoolExecutor(len(buyers)) as pool:
        visits = [pool.submit(shop, buyer) for buyer in buyers]
        yield tries
        for visit in visits:
            visit.result()


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


def check_the_books(world: World, db: Any, placed: list[str], at_first: dict[str, int]) -> int:
    """Wait until all is calm, and check that all books agree. Return how many emails came twice."""
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
    invariants.nothing_can_be_paid(ledger)
    invariants.paid_once(db)
    return invariants.every_email_arrived(db, mails)


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
