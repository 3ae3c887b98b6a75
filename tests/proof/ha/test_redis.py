"""Drill: Redis is gone or full while customers order, and everything is made up for afterwards."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager

import psycopg2
import pytest
import redis
import requests

from demo.buyer import Json, wait_for
from demo.world import World
from launch.redis import Redis
from launch.stack import Stack
from models.clock import tick
from tests.proof.chaos.report import Report, Sandbox
from tests.proof.failover.shoppers import SETTINGS, STOCK, rows
from tests.proof.failpoints.patient import StoryBuyer
from tests.support import histories, invariants
from tests.support.proof import IN_FULL

pytestmark = pytest.mark.skipif(not IN_FULL, reason="a drill of `make prove`")

CUSTOMERS = 4
PATIENCE = 180  # seconds
PAID_EVENTS = "SELECT external_id FROM signal WHERE kind = 'payment_intent.succeeded'"
OWN = {"DATABASE_URL": "", "PAYMENT_TIMEOUT": "900"}


@contextmanager
def gone(server: Redis) -> Iterator[None]:
    """Kill Redis, and start an empty one under the same address afterwards."""
    server.kill()
    try:
        yield
    finally:
        server.start()


@contextmanager
def full(server: Redis) -> Iterator[None]:
    """Let Redis refuse everything that would take memory."""
    with redis.Redis(port=server.port) as client:
        client.config_set("maxmemory", 1)
        try:
            yield
        finally:
            client.config_set("maxmemory", 0)


@pytest.mark.parametrize("trouble", [gone, full])
def test_orders_are_taken_without_redis(
    trouble: Callable[[Redis], AbstractContextManager[None]],
) -> None:
    with Stack(environment=SETTINGS | OWN) as stack:
        world, pids = World.of(stack), stack.supervisor.pids()
        assert stack.redis is not None
        assert stack.postgres is not None
        world.restock(10_000)
        shelves = {row["id"]: row["stock"] for row in rows(stack.postgres.url, STOCK)}
        customers = [StoryBuyer(world.urls) for _ in range(CUSTOMERS)]
        for customer in customers:
            customer.log_in()
        product = customers[0].products()[0]
        payable = [customer.order(product) for customer in customers]
        began = tick()
        with trouble(stack.redis):
            wait_for(lambda: is_degraded(stack) or None, "the report of it", seconds=PATIENCE)
            placed = [customer.order(product, wait=0) for customer in customers]
            for customer, order in zip(customers, payable, strict=True):
                customer.pay(order["clientSecret"])
            wait_for(lambda: has_webhooks(stack) or None, "the webhooks", seconds=PATIENCE)
        ended = tick()
        for customer, order in zip(customers, placed, strict=True):
            customer.pay(await_secret(customer, order))
        for customer, order in zip(customers * 2, payable + placed, strict=True):
            customer.wait_until(order["referenceId"], "Confirmed", seconds=PATIENCE)
        print(
            f"Redis was {trouble.__name__} for {ended - began:.1f} s; every order was confirmed "
            f"{tick() - ended:.1f} s later"
        )
        check(stack, [order["orderId"] for order in payable + placed], shelves)
        assert stack.supervisor.pids() == pids, "nothing was started again"


def is_degraded(stack: Stack) -> bool:
    """Return whether the services say that they take requests and nothing else happens."""
    return bool(requests.get(f"{stack.urls.order}/ready", timeout=30).json()["redis"] != "ok")


def has_webhooks(stack: Stack) -> bool:
    """Return whether the news of all payments has been taken in."""
    with closing(psycopg2.connect(stack.environment["DATABASE_URL"])) as db:
        return len(invariants.read(db, PAID_EVENTS)) == CUSTOMERS


def await_secret(customer: StoryBuyer, order: Json) -> str:
    """Return the client secret of an order once it can be paid."""

    def find_secret() -> str | None:
        secret: str | None = customer.status(order["referenceId"])["clientSecret"]
        return secret

    return wait_for(find_secret, "the client secret", seconds=PATIENCE)


def check(stack: Stack, placed: list[str], shelves: dict[str, int]) -> None:
    """Check the invariants of the system at rest."""
    with closing(psycopg2.connect(stack.environment["DATABASE_URL"])) as db:
        wait_for(lambda: not invariants.under_way(db) or None, "rest", seconds=PATIENCE)
        report = Report(db, Sandbox.of(stack.urls.sandbox))
        assert report.check(placed, shelves)
    histories.verify(stack.environment)
