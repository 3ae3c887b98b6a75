"""Proof that a lost master of Redis is replaced, and no process has to be restarted."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

import pytest
import redis

from demo.buyer import wait_for
from demo.world import World
from launch.redis import Redis
from launch.stack import Stack
from launch.unprivileged_user import temporary_folder
from tests.proof.failover.sentinel import Sentinel
from tests.proof.failpoints.patient import StoryBuyer
from tests.support import histories
from tests.support.proof import IN_FULL

pytestmark = pytest.mark.skipif(not IN_FULL, reason="a drill of `make prove`")

BUYERS = 4
SETTINGS = dict.fromkeys(("DATABASE_URL", "STRIPE_SECRET_KEY", "SENDGRID_API_KEY"), "") | {
    "LOGIN_LIMIT_PER_ADDRESS": "10000/minute",
    "ORDERS_PER_HOUR": "100000",
    "UNPAID_ORDERS": "100000",
}


class Servers(NamedTuple):
    master: Redis
    replica: Redis
    sentinel: Sentinel


@pytest.fixture
def servers() -> Iterator[Servers]:
    with (
        temporary_folder() as folder,
        Redis(folder / "master") as master,
        Redis(folder / "replica") as replica,
    ):
        with redis.Redis(port=replica.port) as client:
            client.replicaof("127.0.0.1", str(master.port))
        with Sentinel(folder / "sentinel", master) as sentinel:
            yield Servers(master, replica, sentinel)


@pytest.fixture
def stack(servers: Servers) -> Iterator[Stack]:
    with Stack(environment=SETTINGS | {"REDIS_URL": servers.sentinel.url}) as running:
        yield running


def buys(buyer: StoryBuyer) -> None:
    order = buyer.order(buyer.products()[0])
    buyer.pay(order["clientSecret"])
    buyer.wait_until(order["referenceId"], "Confirmed", seconds=60)
    buyer.wait_for_email("order_confirmed", seconds=60)


@contextmanager
def buying(buyers: list[StoryBuyer]) -> Iterator[list[int]]:
    """Let all customers buy repeatedly during the block, and once more after it.

    Yield the number of purchases of each.
    """
    over, bought = threading.Event(), [0] * len(buyers)

    def buy_on(number: int) -> None:
        last = False
        while not last:
            last = over.is_set()
            buys(buyers[number])
            bought[number] += 1

    with ThreadPoolExecutor(len(buyers)) as pool:
        shopping = [pool.submit(buy_on, number) for number in range(len(buyers))]
        try:
            yield bought
        finally:
            over.set()
        for buyer in shopping:
            buyer.result(timeout=180)


def hints(server: Redis) -> int:
    """Return the number of Celery's messages that went through this server."""
    with redis.Redis(port=server.port) as client:
        commands = client.info("commandstats")
    return sum(commands.get(f"cmdstat_{name}", {}).get("calls", 0) for name in ("lpush", "brpop"))


def test_the_replica_takes_over(servers: Servers, stack: Stack) -> None:
    pids, world = stack.supervisor.pids(), World.of(stack)
    world.restock(10_000)
    buyers = [StoryBuyer(world.urls) for _ in range(BUYERS)]
    for buyer in buyers:
        buyer.log_in()
    with buying(buyers) as bought:
        wait_for(lambda: min(bought) or None, "something for everybody", seconds=90)
        assert hints(servers.master) > 0
        servers.master.kill()
        wait_for(lambda: servers.sentinel.master() == servers.replica.port or None, "a master")
        wait_for(lambda: hints(servers.replica) or None, "messages by the new master", seconds=60)
    assert min(bought) >= 2
    histories.verify(stack.environment)
    assert stack.supervisor.pids() == pids, "nothing was started again"
