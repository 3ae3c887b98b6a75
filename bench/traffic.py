"""Buyers who never stop: how many orders a second get as far as being paid, in any span of time."""

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
    """When an order was paid, and how long its client secret took; seconds."""

    at: float
    wait: float


@dataclass(slots=True)
class Traffic:
    sales: list[Sale] = field(default_factory=list)
    errors: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def shop(self, buyer: Buyer, product: Json) -> None:
        """One order after the other, until it is over."""
        while not self.over.is_set():
            start = tick()
            try:
                secret = self._secret(buyer, buyer.order(product))
                wait = tick() - start
                if secret is not None:
                    buyer.pay(secret)
                    self.sales.append(Sale(tick(), wait))
            except requests.RequestException:
                self.errors += 1

    def _secret(self, buyer: Buyer, order: Json) -> str | None:
        """What to pay with, however long it takes."""
        secret: str | None = order["clientSecret"]
        while secret is None and not self.over.is_set():
            secret = buyer.status(order["referenceId"], wait=5)["clientSecret"]
        return secret

    def rate(self, start: float, end: float) -> float:
        """Orders a second from `start` to `end`, as of `tick`."""
        return len(self._between(start, end)) / (end - start)

    def median_wait(self, start: float, end: float) -> float:
        """Of the client secret, in milliseconds; of the orders that were paid in that time."""
        waits = [sale.wait for sale in self._between(start, end)]
        return 1000 * statistics.median(waits) if waits else float("inf")

    def _between(self, start: float, end: float) -> list[Sale]:
        return [sale for sale in self.sales if start <= sale.at < end]


@contextmanager
def traffic(buyers: list[Buyer], products: list[Json], warm: float) -> Iterator[Traffic]:
    """All buyers at work; the block begins `warm` seconds later."""
    found = Traffic()
    with ThreadPoolExecutor(len(buyers)) as pool:
        done = [pool.submit(found.shop, *one) for one in zip(buyers, cycle(products))]
        try:
            let_pass(warm)
            yield found
        finally:
            found.over.set()
    for one in done:
        one.result()
