"""Tests of lost processes and messages: a loss costs time, and nothing else."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import redis

from demo.buyer import Buyer, Json, wait_for
from demo.world import World
from launch.stack import Stack
from tests.support import histories, proof

ORDERS = 200 if proof.IN_FULL else 40
BUYERS = 20


@contextmanager
def flushed_every_second(url: str) -> Iterator[list[int]]:
    """Empty Redis once a second during the block; yield the number of times in a list."""
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


def buy(buyer: Buyer, product: Json) -> str:
    """Place and pay an order, however late its client secret comes; return its reference."""
    order = buyer.order(product)
    reference: str = order["referenceId"]

    def payable() -> str | None:
        secret: str | None = buyer.status(reference)["clientSecret"]
        return secret

    secret = order["clientSecret"] or wait_for(payable, "the client secret", seconds=60)
    assert buyer.pay(secret)["status"] == "succeeded"
    return reference


def test_no_order_is_lost_when_redis_is_emptied_each_second(world: World, stack: Stack) -> None:
    buyers = [Buyer(world.urls) for _ in range(BUYERS)]
    for buyer in buyers:
        buyer.log_in()
    product = buyers[0].products()[0]
    bought: list[tuple[Buyer, str]] = []

    with flushed_every_second(stack.environment["REDIS_URL"]) as times:
        # A quick machine places all of them before Redis is emptied twice.
        while len(bought) < ORDERS or times[0] < 2:
            with ThreadPoolExecutor(BUYERS) as pool:
                references = pool.map(lambda buyer: buy(buyer, product), buyers)
                bought += zip(buyers, references, strict=True)
        each = len(bought) // BUYERS
        for buyer, reference in bought:
            buyer.wait_until(reference, "Confirmed", seconds=60)
        for buyer in buyers:

            def is_emailed(buyer: Buyer = buyer) -> bool | None:
                return len(buyer.emails("order_confirmed")) >= each or None

            wait_for(is_emailed, "the receipts", seconds=60)

    histories.verify(stack.environment)


def outlive(buyer: Buyer, disturb: Callable[[], None]) -> Json:
    """Return an order that was placed before `disturb` and paid after it.

    A busy machine may start processes so slowly that the time to pay ends before: then another
    order is placed.
    """

    def pay() -> Json | None:
        order = buyer.order(buyer.products()[0])
        disturb()
        paid = buyer.pay(order["clientSecret"])
        if paid.get("status") == "succeeded":
            return order
        assert buyer.wait_until(order["referenceId"], "Failed"), paid
        return None

    return wait_for(pay, "an order that is paid in time", seconds=300)


@pytest.mark.parametrize("victim", ["worker-1", "beat", "web"])
def test_an_order_continues_after_a_process_is_killed(
    world: World, stack: Stack, victim: str
) -> None:
    buyer = Buyer(world.urls)
    buyer.log_in()

    def kill() -> None:
        before = stack.pids()[victim]
        world.kill(victim)
        wait_for(lambda: stack.pids()[victim] != before or None, f"the return of {victim}")
        stack.wait_ready()

    order = outlive(buyer, kill)
    buyer.wait_until(order["referenceId"], "Confirmed", seconds=60)
    buyer.wait_for_email("order_confirmed", seconds=60)


def test_a_killed_redis_only_delays_orders(world: World, stack: Stack) -> None:
    assert stack.redis is not None
    buyer = Buyer(world.urls)
    buyer.log_in()
    stack.redis.kill()
    try:
        order = buyer.order(buyer.products()[0], wait=0)
        assert order["clientSecret"] is None
    finally:
        stack.redis.start()

    def payable() -> str | None:
        secret: str | None = buyer.status(order["referenceId"])["clientSecret"]
        return secret

    secret = wait_for(payable, "the client secret", seconds=60)
    assert buyer.pay(secret)["status"] == "succeeded"
    buyer.wait_until(order["referenceId"], "Confirmed", seconds=60)


def test_acknowledged_orders_survive_a_crash_of_postgresql(world: World, stack: Stack) -> None:
    buyer = Buyer(world.urls)
    buyer.log_in()

    def crash() -> None:
        assert stack.postgres is not None
        stack.postgres.kill()
        stack.postgres.start()
        stack.wait_ready()

    order = outlive(buyer, crash)

    def confirmed() -> bool | None:
        answer = buyer.http.get(
            f"{world.urls.order}/order/status/{order['referenceId']}", timeout=60
        )
        return (answer.status_code == 200 and answer.json()["status"] == "Confirmed") or None

    wait_for(confirmed, "the confirmation", seconds=60)
