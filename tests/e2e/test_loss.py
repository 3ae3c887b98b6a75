"""What dies on the way costs time, and nothing else."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import redis

from demo.buyer import Buyer, Json, wait_for
from demo.stories import World
from launch.stack import Stack

ORDERS = 200
BUYERS = 16


@contextmanager
def flushed_every_second(url: str) -> Iterator[list[int]]:
    """FLUSHALL once a second; the number of times, so far."""
    client, over, times = redis.Redis.from_url(url), threading.Event(), [0]

    def flush() -> None:
        while not over.wait(1):
            client.flushall()
            times[0] += 1

    thread = threading.Thread(target=flush)
    thread.start()
    try:
        yield times
    finally:
        over.set()
        thread.join()
        client.close()


def buy(world: World, buyer: Buyer, product: Json) -> Json:
    """One order from placing to paid, however long the client secret takes."""
    order = buyer.order(product)

    def payable() -> str | None:
        secret: str | None = buyer.status(order["referenceId"])["clientSecret"]
        return secret

    secret = order["clientSecret"] or wait_for(payable, "the client secret", seconds=60)
    assert buyer.pay(secret)["status"] == "succeeded"
    return order


def test_redis_loses_everything_each_second_and_no_order_is_lost(
    world: World, patient_stack: Stack
) -> None:
    at = world.at
    buyers = [Buyer(at) for _ in range(BUYERS)]
    for buyer in buyers:
        buyer.log_in()
    product = buyers[0].products()[0]

    def shop(buyer: Buyer) -> list[tuple[Buyer, Json]]:
        return [(buyer, buy(world, buyer, product)) for _ in range(ORDERS // BUYERS + 1)]

    with flushed_every_second(patient_stack.environment["REDIS_URL"]) as times:
        with ThreadPoolExecutor(BUYERS) as pool:
            bought = [one for many in pool.map(shop, buyers) for one in many]
        for buyer, order in bought:
            buyer.wait_until(order["referenceId"], "Confirmed", seconds=60)

    assert len(bought) >= ORDERS
    assert times[0] >= 2, "Redis was emptied while they shopped"
    for buyer in buyers:
        mine = [order for who, order in bought if who is buyer]

        def all_told(buyer: Buyer = buyer, mine: list[Json] = mine) -> bool | None:
            return len(buyer.letters("order_confirmed")) >= len(mine) or None

        wait_for(all_told, "the receipts", seconds=60)
