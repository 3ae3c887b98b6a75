"""The cost of an order, alone and with 32 buyers, and the cost of the idle system.

Times are those of the client. Commits are PostgreSQL's count, those of reads included, without
those that the idle system makes in the same time.
"""

import statistics
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import cycle

import requests

from bench.cost import Database, count_statements, megabytes, process_tree, processor_seconds
from demo.buyer import Buyer, Json, wait_for
from demo.webhooks import deliver, find_success_event
from launch.stack import Stack
from launch.urls import Urls
from models.clock import now, tick

SINGLE_ORDERS = 60
BUYERS = 32
ORDERS_PER_BUYER = 15
IDLE_SECONDS = 15

Figures = dict[str, float]


def measure_idle(stack: Stack, database: Database) -> Figures:
    """Measure the system without customers."""
    processes = process_tree(stack.pids())
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
    return figures | _measure_statements(stack, database)


def _measure_statements(stack: Stack, database: Database) -> Figures:
    if stack.postgres is None:
        return {}
    database.log_statements(on=True)
    offset, start = stack.postgres.log.stat().st_size, tick()
    let_pass(IDLE_SECONDS)
    count = count_statements(stack.postgres.log, offset)
    database.log_statements(on=False)
    return {"idle: statements a second": count / (tick() - start)}


def measure_single_orders(buyer: Buyer, product: Json, secret: str) -> Figures:
    """Place one order after the other, and return medians in milliseconds.

    The sandbox drops its webhooks: this program delivers them, to know when they were sent.
    """
    _drop_webhooks(buyer.urls, 1)
    orders = [_time_order(buyer, product, secret) for _ in range(SINGLE_ORDERS)]
    _drop_webhooks(buyer.urls, 0)
    return {
        f"at rest: {stage}, ms p50": statistics.median(times[stage] for times in orders)
        for stage in orders[0]
    }


def _drop_webhooks(urls: Urls, rate: float) -> None:
    faults = {"stripe": {"webhook": {"dropRate": rate}}}
    requests.put(f"{urls.sandbox}/faults", json=faults, timeout=10).raise_for_status()


def _time_order(buyer: Buyer, product: Json, secret: str) -> Figures:
    """Place and pay an order, and return the times of its stages in milliseconds."""
    start = tick()
    order = buyer.order(product)
    placed = tick()
    buyer.pay(order["clientSecret"])
    event = wait_for(lambda: find_success_event(buyer.urls, order), "the event")
    status = buyer.status(order["referenceId"])
    sent, sent_at = tick(), now()
    deliver(buyer.urls, event, secret)
    # The event makes a worker ask Stripe, whose answer confirms the order.
    while status["status"] != "Confirmed":
        status = buyer.wait_for_change(order["referenceId"], status["version"])
    confirmed = tick()
    receipt = wait_for(lambda: _find_receipt(buyer, order), "the receipt")
    # The sandbox knows when it came. The pauses of this program would be most of the time.
    received_at = datetime.fromisoformat(receipt["at"])
    return {
        "POST /order to client secret": (placed - start) * 1000,
        "webhook to Confirmed": (confirmed - sent) * 1000,
        "webhook to receipt": (received_at - sent_at).total_seconds() * 1000,
    }


def _find_receipt(buyer: Buyer, order: Json) -> Json | None:
    emails = buyer.emails("order_confirmed")
    return next((m for m in emails if m["customArgs"].get("orderId") == order["orderId"]), None)


def measure_crowd(title: str, buyers: list[Buyer], products: list[Json]) -> Figures:
    """Let all buyers order at once, each one order after the other, paid as soon as possible."""
    start, counts = tick(), [count_receipts(buyer) for buyer in buyers]
    with ThreadPoolExecutor(len(buyers)) as pool:
        results = pool.map(place_orders, buyers, cycle(products))
        waits = [1000 * wait for waits_of_buyer in results for wait in waits_of_buyer]
    seconds = tick() - start
    for buyer, count in zip(buyers, counts, strict=True):
        wait_for_receipts(buyer, count + ORDERS_PER_BUYER)
    return {
        f"{title}: orders a second": len(waits) / seconds,
        f"{title}: POST /order to client secret, ms p50": statistics.median(waits),
        f"{title}: the same, ms p99": statistics.quantiles(waits, n=100)[98],
    }


def place_orders(buyer: Buyer, product: Json, count: int = ORDERS_PER_BUYER) -> list[float]:
    """Place and pay orders, and return the seconds until each client secret."""
    waits = []
    for _ in range(count):
        start = tick()
        order = buyer.order(product)
        waits.append(tick() - start)
        buyer.pay(order["clientSecret"])
    return waits


def count_receipts(buyer: Buyer) -> int:
    return len(buyer.emails("order_confirmed"))


def wait_for_receipts(buyer: Buyer, count: int, *, seconds: float = 30) -> None:
    """Wait until the buyer has so many receipts. Raises TookTooLongError."""
    wait_for(lambda: count_receipts(buyer) >= count or None, "the receipts", seconds=seconds)


def let_pass(seconds: float) -> None:
    """Do nothing for a while, in which the other processes are measured."""
    threading.Event().wait(seconds)
