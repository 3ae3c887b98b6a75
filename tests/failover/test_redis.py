"""The master dies, the sentinel makes another one: the system goes on, and nothing has to be
started again.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
import redis

from demo.buyer import wait_for
from demo.world import World
from launch.account import temporary_folder
from launch.redis import Redis
from launch.stack import Stack
from tests.failover.sentinel import Sentinel
from tests.failpoints.patient import PatientBuyer, StoryBuyer

SETTINGS = dict.fromkeys(("DATABASE_URL", "STRIPE_SECRET_KEY", "SENDGRID_API_KEY"), "") | {
    "LOGIN_LIMIT_PER_ADDRESS": "10000/minute"
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


def buys(buyer: PatientBuyer) -> None:
    order = buyer.order(buyer.products()[0])
    buyer.pay(order["clientSecret"])
    buyer.wait_until(order["referenceId"], "Confirmed", seconds=60)
    buyer.wait_for_letter("order_confirmed", seconds=60)


def hints(server: Redis) -> int:
    """How many messages Celery has sent by way of this server."""
    with redis.Redis(port=server.port) as client:
        commands = client.info("commandstats")
    return sum(commands.get(f"cmdstat_{name}", {}).get("calls", 0) for name in ("lpush", "brpop"))


def test_the_replica_takes_over(servers: Servers, stack: Stack) -> None:
    pids, buyer = stack.supervisor.pids(), StoryBuyer(World.of(stack).at)
    buyer.log_in()
    buys(buyer)
    assert hints(servers.master) > 0
    servers.master.kill()
    buys(buyer)
    moved = wait_for(lambda: servers.sentinel.master() == servers.replica.port or None, "a master")
    assert moved
    wait_for(lambda: hints(servers.replica) or None, "messages by the new master", seconds=60)
    buys(buyer)
    assert stack.supervisor.pids() == pids, "nothing was started again"
