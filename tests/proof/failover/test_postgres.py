"""Proof that a lost primary costs no acknowledged order, and no process has to be restarted."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg2
import pytest

from demo.buyer import wait_for
from demo.world import World
from launch.postgres import Postgres
from launch.stack import Stack
from launch.unprivileged_user import temporary_folder
from tests.proof.chaos.report import Report, Sandbox
from tests.proof.failover.shoppers import SETTINGS, STOCK, Shoppers, nothing_is_lost, rows
from tests.proof.failover.standby import Standby
from tests.support import histories, invariants
from tests.support.proof import IN_FULL

pytestmark = pytest.mark.skipif(not IN_FULL, reason="a drill of `make prove`")

BUYERS = 6
PAID_BEFORE = 5
FOLLOWING = "SELECT sync_state FROM pg_stat_replication"


@pytest.fixture
def pair() -> Iterator[tuple[Postgres, Standby]]:
    with (
        temporary_folder() as folder,
        Postgres(folder / "primary") as primary,
        Standby(folder / "standby", primary) as standby,
    ):
        yield primary, standby


@pytest.fixture
def stack(pair: tuple[Postgres, Standby]) -> Iterator[Stack]:
    hosts = ",".join(f"127.0.0.1:{server.port}" for server in pair)
    url = f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write"
    with Stack(environment=SETTINGS | {"DATABASE_URL": url}) as running:
        yield running


def test_the_standby_takes_over(pair: tuple[Postgres, Standby], stack: Stack) -> None:
    primary, standby = pair
    world, pids = World.of(stack), stack.supervisor.pids()
    world.restock(10_000)
    shelves = {row["id"]: row["stock"] for row in rows(primary.url, STOCK)}
    shoppers = Shoppers(world)
    with ThreadPoolExecutor(BUYERS) as pool, shoppers.leaving():
        shopping = [pool.submit(shoppers.shop, number) for number in range(BUYERS)]
        wait_for(lambda: len(shoppers.confirmed) >= PAID_BEFORE or None, "paid orders", seconds=90)
        assert [row["sync_state"] for row in rows(primary.url, FOLLOWING)] == ["sync"]
        before = shoppers.acknowledged()
        primary.kill()
        standby.promote()
        shoppers.promoted.set()
        nothing_is_lost(before, standby.url)
        for shopper in shopping:
            shopper.result(timeout=180)
    assert min(len(before["paid"]), len(before["webhooks"])) >= PAID_BEFORE

    wait_for(lambda: not rows(standby.url, invariants.UNDER_WAY) or None, "rest", seconds=120)
    nothing_is_lost(shoppers.acknowledged(), standby.url)
    with closing(psycopg2.connect(standby.url)) as db:
        report = Report(db, Sandbox.of(world.urls.sandbox))
        assert report.check(shoppers.placed, shelves)
    histories.verify(stack.environment)
    assert stack.supervisor.pids() == pids, "nothing was started again"
