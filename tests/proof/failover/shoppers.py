"""Customers who order while a server is lost, and the comparison with what they were told."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import psycopg2
import requests

from demo.buyer import Json
from demo.world import World
from tests.proof.failpoints.patient import PatientBuyer
from tests.support import invariants

SETTINGS = dict.fromkeys(("REDIS_URL", "STRIPE_SECRET_KEY", "SENDGRID_API_KEY"), "") | {
    "LOGIN_LIMIT_PER_ADDRESS": "10000/minute",
    "ORDERS_PER_HOUR": "100000",
    "UNPAID_ORDERS": "100000",
    # What was placed and not paid ends soon.
    "PAYMENT_TIMEOUT": "20",
    "RECHECK_INTERVALS": "2",
}
STOCK = "SELECT id::text, stock FROM product"
IDS = {
    "orders": "SELECT id::text AS id FROM orders",
    "webhooks": "SELECT external_id AS id FROM signal WHERE source = 'stripe'",
    "paid": "SELECT id::text AS id FROM orders WHERE state = 'Confirmed'",
}


@dataclass
class Shoppers:
    """Customers who order, pay and wait until an order is confirmed after the promotion.

    Every third order is left unpaid. `placed` and `confirmed` were acknowledged.
    """

    world: World
    placed: list[str] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    promoted: threading.Event = field(default_factory=threading.Event)

    def buyer(self) -> PatientBuyer:
        return PatientBuyer(self.world.urls)

    def shop(self, _: int) -> None:
        buyer = self.buyer()
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

    @contextmanager
    def leaving(self) -> Iterator[None]:
        """Let all customers leave after their next order when the block ends or fails."""
        try:
            yield
        finally:
            self.promoted.set()

    def acknowledged(self) -> dict[str, set[str]]:
        """Return the orders and webhooks that were acknowledged with 2xx so far."""
        placed, confirmed = set(self.placed), set(self.confirmed)
        webhooks = delivered(self.world.urls.sandbox)
        return {"orders": placed, "paid": confirmed, "webhooks": webhooks}


def delivered(sandbox: str) -> set[str]:
    """Return the events for which Stripe got a 200."""
    ids: list[str] = []
    more = True
    while more:
        query = {"delivery_success": "true", "limit": "100"}
        query |= {"starting_after": ids[-1]} if ids else {}
        url, key = f"{sandbox}/v1/events", ("sk_test_sandbox", "")
        page = requests.get(url, params=query, auth=key, timeout=60).json()
        ids += [event["id"] for event in page["data"]]
        more = page["has_more"]
    return set(ids)


def nothing_is_lost(known: dict[str, set[str]], url: str) -> None:
    lost = {kind: known[kind] - {row["id"] for row in rows(url, IDS[kind])} for kind in IDS}
    assert not any(lost.values()), lost


def rows(url: str, query: str) -> list[Json]:
    with closing(psycopg2.connect(url)) as db:
        return invariants.read(db, query)
