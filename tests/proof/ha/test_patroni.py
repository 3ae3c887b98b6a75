"""Drill: the leader of three nodes dies under orders, and Patroni replaces it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg2
import pytest

from demo.buyer import wait_for
from demo.world import World
from launch.stack import Stack
from models.clock import tick
from tests.proof.chaos.report import Report, Sandbox
from tests.proof.failover.shoppers import SETTINGS, STOCK, Shoppers, nothing_is_lost, rows
from tests.proof.ha.cluster import NAMES, Cluster, Node, running_cluster
from tests.support import histories, invariants
from tests.support.proof import IN_FULL

pytestmark = pytest.mark.skipif(not IN_FULL, reason="a drill of `make prove`")

BUYERS = 6
PAID_BEFORE = 10
PATIENCE = 180  # seconds


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as running:
        yield running


@pytest.fixture(scope="module")
def stack(cluster: Cluster) -> Iterator[Stack]:
    with Stack(environment=SETTINGS | {"DATABASE_URL": cluster.url}) as running:
        yield running


def test_a_lost_leader_is_replaced(cluster: Cluster, stack: Stack) -> None:
    world, pids = World.of(stack), stack.supervisor.pids()
    world.restock(10_000)
    shelves = {row["id"]: row["stock"] for row in rows(cluster.url, STOCK)}
    shoppers, leader = Shoppers(world), cluster.leader()
    assert leader is not None
    with ThreadPoolExecutor(BUYERS) as pool, shoppers.leaving():
        shopping = [pool.submit(shoppers.shop, number) for number in range(BUYERS)]
        wait_for(
            lambda: len(shoppers.confirmed) >= PAID_BEFORE or None, "paid orders", seconds=PATIENCE
        )
        before = shoppers.acknowledged()
        replace(cluster, leader, shoppers)
        nothing_is_lost(before, cluster.url)
        for shopper in shopping:
            shopper.result(timeout=PATIENCE)
    assert min(len(before["paid"]), len(before["webhooks"])) >= PAID_BEFORE

    leader.start()
    leader.wait_until_running()
    cluster.wait_for_standbys(len(NAMES) - 1)
    assert not leader.is_primary(), "a node that comes back follows the new leader"
    wait_for(lambda: not rows(cluster.url, invariants.UNDER_WAY) or None, "rest", seconds=PATIENCE)
    nothing_is_lost(shoppers.acknowledged(), cluster.url)
    with closing(psycopg2.connect(cluster.url)) as db:
        report = Report(db, Sandbox.of(world.urls.sandbox))
        assert report.check(shoppers.placed, shelves)
        report.tell(shoppers.placed)
    histories.verify(stack.environment)
    assert stack.supervisor.pids() == pids, "nothing was started again"


def replace(cluster: Cluster, leader: Node, shoppers: Shoppers) -> None:
    """Kill the leader, wait until another node leads and an order is placed, print how long."""
    killed_at = tick()
    leader.kill()
    new = wait_for(cluster.leader, "a new leader", seconds=PATIENCE)
    led_at = tick()
    wait_for(lambda: cluster.answers() or None, "an answer of the new leader", seconds=PATIENCE)
    count = len(shoppers.placed)
    shoppers.promoted.set()
    wait_for(lambda: len(shoppers.placed) > count or None, "an order", seconds=PATIENCE)
    assert new is not leader
    print(
        f"node {leader.name} killed with {count} orders placed; node {new.name} led after "
        f"{led_at - killed_at:.1f} s; an order was placed after {tick() - killed_at:.1f} s"
    )
