"""What one order costs, at rest and with 32 buyers, and what the idle system costs.

Times are the client's. Commits are PostgreSQL's own count, reads included, without those that the
idle system makes in the same time.
"""

import statistics
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import requests

from bench.cost import Database, megabytes, processor_seconds, statements_in, tree
from demo.buyer import Buyer, Json, wait_for
from demo.webhooks import deliver, find_success_event
from launch.stack import Stack, Urls
from models.clock import tick

AT_REST = 60
BUYERS = 32
EACH = 15
IDLE_SECONDS = 15

Figures = dict[str, float]


def idle(stack: Stack, database: Database) -> Figures:
    """The system with nobody in it."""
    processes = tree(stack.pids())
    start, before = tick(), processor_seconds(processes.values())
    commits = database.commits()
    let_pass(IDLE_SECONDS)
    seconds = tick() - start
    figures = {
        "idle: memory, MB (PSS)": sum(map(megabytes, processes.values())),
        "idle: share of one core, %": 100
        * (processor_seconds(processes.values()) - before)
        / seconds,
        "idle: commits a second": (database.commits() - commits) / seconds,
    }
    return figures | _statements(stack, database)


def _statements(stack: Stack, database: Database) -> Figures:
    if stack.postgres is None:
        return {}
    database.log_statements(on=True)
    start_at, start = stack.postgres.log.stat().st_size, tick()
    let_pass(IDLE_SECONDS)
    count = statements_in(stack.postgres.log, start_at)
    database.log_statements(on=False)
    return {"idle: statements a second": count / (tick() - start)}


def at_rest(buyer: Buyer, product: Json, secret: str) -> Figures:
    """Orders one after the other; medians in milliseconds. We deliver Stripe's messages."""
    _drop_webhooks(buyer.urls, 1)
    legs = [_order(buyer, product, secret) for _ in range(AT_REST)]
    _drop_webhooks(buyer.urls, 0)
    return {
        f"at rest: {leg}, ms p50": statistics.median(one[leg] for one in legs) for leg in legs[0]
    }


def _drop_webhooks(urls: Urls, rate: float) -> None:
    faults = {"stripe": {"webhook": {"dropRate": rate}}}
    requests.put(f"{urls.sandbox}/faults", json=faults, timeout=10).raise_for_status()


def _order(buyer: Buyer, product: Json, secret: str) -> Figures:
    start = tick()
    order = buyer.order(product)
    placed = tick()
    buyer.pay(order["clientSecret"])
    event = wait_for(lambda: find_success_event(buyer.urls, order), "the event")
    sent = tick()
    deliver(buyer.urls, event, secret)
    # The event makes a worker ask Stripe, whose answer confirms the order.
    wait_for(lambda: _confirmed(buyer, order), "the confirmation")
    confirmed = tick()
    wait_for(lambda: _receipt(buyer, order), "the receipt")
    mailed = tick()
    return {
        "POST /order to client secret": (placed - start) * 1000,
        "webhook to Confirmed": (confirmed - sent) * 1000,
        "webhook to receipt": (mailed - sent) * 1000,
    }


def _confirmed(buyer: Buyer, order: Json) -> Json | None:
    seen = buyer.status(order["referenceId"], wait=5)
    return seen if seen["status"] == "Confirmed" else None


def _receipt(buyer: Buyer, order: Json) -> Json | None:
    letters = buyer.emails("order_confirmed")
    return next((m for m in letters if m["customArgs"].get("orderId") == order["orderId"]), None)


def rush(title: str, buyers: list[Buyer], products: list[Json]) -> Figures:
    """All buyers at once, each with one order after the other of one of `products`, paid as soon as
    it can be.
    """
    start, seen = tick(), [len(buyer.emails("order_confirmed")) for buyer in buyers]
    with ThreadPoolExecutor(len(buyers)) as pool:
        waits = [wait for some in pool.map(_shop, buyers, cycle(products)) for wait in some]
    seconds = tick() - start
    for buyer, before in zip(buyers, seen, strict=True):

        def told(buyer: Buyer = buyer, before: int = before) -> bool | None:
            return len(buyer.emails("order_confirmed")) >= before + EACH or None

        wait_for(told, "receipts")
    return {
        f"{title}: orders a second": len(waits) / seconds,
        f"{title}: POST /order to client secret, ms p50": statistics.median(waits),
        f"{title}: the same, ms p99": statistics.quantiles(waits, n=100)[98],
    }


def _shop(buyer: Buyer, product: Json) -> list[float]:
    waits = []
    for _ in range(EACH):
        start = tick()
        order = buyer.order(product)
        waits.append((tick() - start) * 1000)
        buyer.pay(order["clientSecret"])
    return waits


def let_pass(seconds: float) -> None:
    """Do nothing for a while: what is measured is what the others do meanwhile."""
    threading.Event().wait(seconds)
