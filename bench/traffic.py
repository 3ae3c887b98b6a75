"""Buyers who order without a pause, and the rate of their payments in any span of time."""

import statistics
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle

import requests

from bench.shop import let_pass
from demo.buyer import Buyer, Json
from models.clock import tick


@dataclass(frozen=True, slots=True)
class Sale:
    """The time of a payment, and the wait for its client secret, in seconds."""

    at: float
    wait: float


@dataclass(slots=True)
class Traffic:
    """The sales and failed requests of all buyers."""

    sales: list[Sale] = field(default_factory=list)
    errors: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def place_orders(self, buyer: Buyer, product: Json) -> None:
        """Place one order after the other until the traffic has ended."""
        while not self.ended.is_set():
            start = tick()
            try:
                secret = self._wait_for_secret(buyer, buyer.order(product))
                wait = tick() - start
                if secret is not None:
                    buyer.pay(secret)
                    self.sales.append(Sale(tick(), wait))
            except requests.RequestException:
                self.errors += 1

    def _wait_for_secret(self, buyer: Buyer, order: Json) -> str | None:
        """Return the client secret, or None when the traffic ends before it comes."""
        secret: str | None = order["clientSecret"]
        while secret is None and not self.ended.is_set():
            secret = buyer.status(order["referenceId"], wait=5)["clientSecret"]
        return secret

    def rate(self, start: float, end: float) -> float:
        """Return the orders a second between two values of `tick`."""
        return len(self._between(start, end)) / (end - start)

    def median_wait(self, start: float, end: float) -> float:
        """Return the median wait for the client secrets of a span, in milliseconds."""
        waits = [sale.wait for sale in self._between(start, end)]
        return 1000 * statistics.median(waits) if waits else float("inf")

    def _between(self, start: float, end: float) -> list[Sale]:
        return [sale for sale in self.sales if start <= sale.at < end]


@contextmanager
def traffic(buyers: list[Buyer], products: list[Json], warm_up: float) -> Iterator[Traffic]:
    """Let all buyers order during the block, which begins `warm_up` seconds after them."""
    running = Traffic()
    with ThreadPoolExecutor(len(buyers)) as pool:
        futures = [
            pool.submit(running.place_orders, buyer, product)
            for buyer, product in zip(buyers, cycle(products))
        ]
        try:
            let_pass(warm_up)
            yield running
        finally:
            running.ended.set()
    for future in futures:
        future.result()
