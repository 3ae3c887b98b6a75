"""Two releases run side by side while customers order: forward, back, and forward again."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import requests

from demo.buyer import wait_for
from demo.world import World
from launch.stack import ROOT
from tests.proof.chaos.report import Report, Sandbox
from tests.proof.failover.shoppers import SETTINGS, STOCK, Shoppers, nothing_is_lost, rows
from tests.proof.failpoints.patient import PatientBuyer
from tests.proof.releases.next_release import make_next_release
from tests.proof.releases.rollout import Rollout
from tests.support import invariants
from tests.support.checkout import run_module
from tests.support.histories import VERIFY
from tests.support.proof import IN_FULL

BUYERS = 4
ORDERS = 4  # that are confirmed in each part
# A claim whose lease had to end would count as an unknown outcome.
LEASES_ENDED = "SELECT name, id::text FROM activity WHERE unknown_outcomes > 0"
PACKED = "SELECT id::text FROM orders WHERE state = 'Packed'"
NEW_RECEIPTS = "SELECT state FROM activity WHERE name = 'emails.order_receipt'"
SEND = """
import sys, wsgi
from models import Order, transaction
from state_machines.order import OrderMachine, OrderSignal
signal, *ids = sys.argv[1:]
with wsgi.build("app").app_context(), transaction():
    for row in OrderMachine.lock(ids).values():
        OrderMachine.send(row, OrderSignal(signal))
"""


class Customers(Shoppers):
    """Customers who try again when a connection is lost, and note every other failure."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.failures: Counter[str] = Counter()

    def buyer(self) -> PatientBuyer:
        buyer = PatientBuyer(self.world.urls)
        buyer.http.hooks["response"].append(self._look)
        return buyer

    def _look(self, response: requests.Response, **_: Any) -> None:
        if response.status_code >= requests.codes.server_error:
            self.failures[f"{response.status_code} {response.url}: {response.text}"] += 1


@pytest.fixture
def next_release(tmp_path: Path) -> Path:
    return make_next_release(tmp_path / "next")


@pytest.fixture
def shop() -> Iterator[Rollout]:
    with Rollout(SETTINGS | {"DATABASE_URL": "", "DRAIN_TIMEOUT": "60"}) as running:
        yield running


def test_the_next_release_passes_the_checks_of_its_tables(next_release: Path) -> None:
    words = ("flask", "--app", "wsgi", "machines", "diagram", "order")
    assert "Packed" in run_module(next_release, *words)


@pytest.mark.skipif(not IN_FULL, reason="a drill of `make prove`")
def test_forward_back_and_forward_again(shop: Rollout, next_release: Path) -> None:
    world, url = World.of(shop), shop.environment["DATABASE_URL"]
    world.restock(10_000)
    shelves = {row["id"]: row["stock"] for row in rows(url, STOCK)}
    customers = Customers(world)

    def go_on() -> list[str]:
        """Wait until more orders are confirmed, and return their ids."""
        before = len(customers.confirmed)
        wait_for(
            lambda: len(customers.confirmed) >= before + ORDERS or None, "paid orders", seconds=180
        )
        return customers.confirmed[before : before + ORDERS]

    with ThreadPoolExecutor(BUYERS) as pool, customers.leaving():
        shopping = [pool.submit(customers.shop, number) for number in range(BUYERS)]
        shop.python(ROOT, "-c", SEND, "ship", go_on()[0])
        shop.python(next_release, "-m", "flask", "--app", "wsgi", "db", "upgrade")
        ready = shop.ready() or {}
        assert (ready["postgresql"], ready["status"] != "down") == ("newer schema", True)
        shop.roll_out(next_release)
        packed, shipped = go_on()[:2]
        shop.python(next_release, "-c", SEND, "pack", packed, shipped)
        shop.python(next_release, "-c", SEND, "ship", shipped)
        shop.roll_out(ROOT)
        go_on()
        assert [row["id"] for row in rows(url, PACKED)] == [packed], "it is left alone"
        shop.roll_out(next_release)
        go_on()
        customers.promoted.set()
        for shopper in shopping:
            shopper.result(timeout=300)

    wait_for(lambda: not rows(url, invariants.UNDER_WAY) or None, "rest", seconds=180)
    assert not customers.failures
    nothing_is_lost({"orders": set(customers.placed), "paid": set(), "webhooks": set()}, url)
    assert rows(url, LEASES_ENDED) == []
    assert {row["state"] for row in rows(url, NEW_RECEIPTS)} == {"done"}
    assert [row["id"] for row in rows(url, PACKED)] == [packed]
    shop.python(next_release, "-c", SEND, "ship", packed)
    wait_for(lambda: not rows(url, invariants.UNDER_WAY) or None, "rest", seconds=180)
    shop.python(next_release, "-c", VERIFY)
    with closing(psycopg2.connect(url)) as db:
        report = Report(db, Sandbox.of(world.urls.sandbox))
        assert report.check(customers.placed, shelves)
