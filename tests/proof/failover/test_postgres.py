"""Proof that a lost primary costs no acknowledged order, and no process has to be restarted."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field

import psycopg2
import pytest
import requests

from demo.buyer import Json, wait_for
from demo.world import World
from launch.postgres import Postgres
from launch.stack import Stack
from launch.unprivileged_user import temporary_folder
from tests.proof.chaos.report import Report, Sandbox
from tests.proof.failover.standby import Standby
from tests.proof.failpoints.patient import PatientBuyer
from tests.support import histories, invariants

BUYERS = 6
PAID_BEFORE = 5
SETTINGS = dict.fromkeys(("REDIS_URL", "STRIPE_SECRET_KEY", "SENDGRID_API_KEY"), "") | {
    "LOGIN_LIMIT_PER_ADDRESS": "10000/minute",
    "ORDERS_PER_HOUR": "100000",
    "UNPAID_ORDERS": "100000",
    # What was placed and not paid ends soon.
    "PAYMENT_TIMEOUT": "20",
    "RECHECK_INTERVALS": "2",
}
STOCK = "SELECT id::text, stock FROM product"
FOLLOWING = "SELECT sync_state FROM pg_stat_replication"
IDS = {
    "orders": "SELECT id::text AS id FROM orders",
    "webhooks": "SELECT external_id AS id FROM signal WHERE source = 'stripe'",
    "paid": "SELECT id::text AS id FROM orders WHERE state = 'Confirmed'",
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
    hosts = ",".join(f"127.0.0.1:{server.port}" for server in pair)
    url = f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write"
    with Stack(environment=SETTINGS | {"DATABASE_URL": url}) as running:
        yield running


@dataclass
class Shoppers:
    """Customers who order, pay and wait until an order is confirmed after the promotion.

    Every third order is left unpaid. `placed` and `confirmed` were acknowledged.
    """

    world: World
    placed: list[str] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    promoted: threading.Event = field(default_factory=threading.Event)

    def shop(self, _: int) -> None:
        buyer = PatientBuyer(self.world.urls)
        buyer.log_in()
        product = buyer.products()[0]
        for number in range(1, 1000):
            late = self.promoted.is_set()
            order = buyer.order(product)
            self.placed.append(order["orderId"])
            if number % 3 == 0 or not order["clientSecret"]:
                continue
            buyer.pay(order["clientSecret"])
            buyer.wait_until(order["referenceId"], "Confirmed", seconds=60)
            self.confirmed.append(order["orderId"])
            if late:
                return


def test_the_standby_takes_over(pair: tuple[Postgres, Standby], stack: Stack) -> None:
    primary, standby = pair
    world, pids = World.of(stack), stack.supervisor.pids()
    world.restock(10_000)
    shelves = {row["id"]: row["stock"] for row in rows(primary, STOCK)}
    shoppers = Shoppers(world)
    with ThreadPoolExecutor(BUYERS) as pool:
        shopping = [pool.submit(shoppers.shop, number) for number in range(BUYERS)]
        wait_for(lambda: len(shoppers.confirmed) >= PAID_BEFORE or None, "paid orders", seconds=90)
        assert [row["sync_state"] for row in rows(primary, FOLLOWING)] == ["sync"]
        before = acknowledged(shoppers)
        primary.kill()
        standby.promote()
        shoppers.promoted.set()
        nothing_is_lost(before, standby)
        for shopper in shopping:
            shopper.result(timeout=180)
    assert min(len(before["paid"]), len(before["webhooks"])) >= PAID_BEFORE

    wait_for(lambda: not rows(standby, invariants.UNDER_WAY) or None, "rest", seconds=120)
    nothing_is_lost(acknowledged(shoppers), standby)
    with closing(psycopg2.connect(standby.url)) as db:
        report = Report(db, Sandbox.of(world.urls.sandbox))
        assert report.check(shoppers.placed, shelves)
    histories.verify(stack.environment)
    assert stack.supervisor.pids() == pids, "nothing was started again"


def acknowledged(shoppers: Shoppers) -> dict[str, set[str]]:
    """Return the orders that were acknowledged with 2xx so far."""
    placed, confirmed = set(shoppers.placed), set(shoppers.confirmed)
    return {"orders": placed, "paid": confirmed, "webhooks": delivered(shoppers.world.urls.sandbox)}


def delivered(sandbox: str) -> set[str]:
    """Return the events for which Stripe got a 200."""
    ids: list[str] = []
    more = True
    while more:
        query = {"delivery_success": "true", "limit": "100"}
        query |= {"starting_after": ids[-1]} if ids else {}
        url, key = f"{sandbox}/v1/events", ("sk_test_sandbox", "")
        page = requests.get(url, params=query, auth=key, timeout=10).json()
        ids += [event["id"] for event in page["data"]]
        more = page["has_more"]
    return set(ids)


def nothing_is_lost(known: dict[str, set[str]], standby: Postgres) -> None:
    lost = {kind: known[kind] - {row["id"] for row in rows(standby, IDS[kind])} for kind in IDS}
    assert not any(lost.values()), lost


def rows(server: Postgres, query: str) -> list[Json]:
    with closing(psycopg2.connect(server.url)) as db:
        return invariants.read(db, query)
