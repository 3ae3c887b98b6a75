"""The primary dies under load, the standby takes its place: no acknowledged order is lost, and
nothing has to be started again.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg2
import pytest

from demo.world import World
from launch.account import temporary_folder
from launch.postgres import Postgres
from launch.stack import Stack
from tests import invariants
from tests.failover.standby import Standby
from tests.failpoints.patient import PatientBuyer

BUYERS = 6
SETTINGS = dict.fromkeys(("REDIS_URL", "STRIPE_SECRET_KEY", "SENDGRID_API_KEY"), "") | {
    "LOGIN_LIMIT_PER_ADDRESS": "10000/minute"
}


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
    hosts = ",".join(f"127.0.0.1:{one.port}" for one in pair)
    url = f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write"
    with Stack(environment=SETTINGS | {"DATABASE_URL": url}) as running:
        yield running


def test_the_standby_takes_over(pair: tuple[Postgres, Standby], stack: Stack) -> None:
    primary, standby = pair
    world = World.of(stack)
    world.restock(10_000)
    pids, promoted, died = stack.supervisor.pids(), threading.Event(), threading.Event()
    buyers = [PatientBuyer(world.at) for _ in range(BUYERS)]
    for buyer in buyers:
        buyer.log_in()
    product = buyers[0].products()[0]

    def shop(buyer: PatientBuyer) -> list[str]:
        """Orders until the standby has confirmed one; the ids of all."""
        placed = []
        while True:
            late = promoted.is_set()
            order = buyer.order(product)
            placed.append(order["orderId"])
            if len(placed) == 3:
                died.set()
            if late and order["clientSecret"]:
                buyer.pay(order["clientSecret"])
                buyer.wait_until(order["referenceId"], "Confirmed", seconds=60)
                return placed

    with ThreadPoolExecutor(BUYERS) as pool:
        shopping = [pool.submit(shop, buyer) for buyer in buyers]
        assert died.wait(60), "orders are placed"
        primary.kill()
        standby.promote()
        promoted.set()
        acknowledged = {order_id for one in shopping for order_id in one.result(timeout=180)}

    with closing(psycopg2.connect(standby.url)) as db:
        kept = {row["id"] for row in invariants.read(db, "SELECT id::text FROM orders")}
    assert acknowledged <= kept
    assert len(acknowledged) >= 3 + BUYERS
    assert stack.supervisor.pids() == pids, "nothing was started again"
