"""Customers who come at a constant rate, whatever the shop is going through."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import requests

from demo.buyer import TookTooLongError
from models.clock import tick
from tests.support import storm

TROUBLES = (requests.RequestException, TookTooLongError, AssertionError)


class Crowd:
    """Customers who arrive at a constant rate.

    `visit` is the visit of one customer, by number, and returns the id of a placed order, if any.
    At most `at_once` are there together; later ones wait.
    """

    def __init__(self, visit: Callable[[int], str | None], rate: float, at_once: int) -> None:
        self._visit, self._rate, self._at_once = visit, rate, at_once
        self._came: list[float] = []
        self._latest = 0.0
        self.placed: list[str] = []
        self.failed: list[str] = []

    def come(self, customers: int) -> None:
        """Return when the last one has gone."""
        start = tick()

        def run_visit(number: int) -> None:
            due = start + number / self._rate
            storm.wait_until(due)
            self._came.append(tick() - start)
            self._latest = max(self._latest, tick() - due)
            try:
                if order_id := self._visit(number):
                    self.placed.append(order_id)
            except TROUBLES as error:
                self.failed.append(f"a customer could not go on: {type(error).__name__}: {error}")

        with ThreadPoolExecutor(self._at_once) as pool:
            list(pool.map(run_visit, range(customers)))

    def tell(self) -> str:
        """Print how well the rate was kept."""
        achieved = len(self._came) / (max(self._came, default=0.0) + 1 / self._rate)
        return (
            f"load: {len(self._came)} customers came, {achieved:.2f} a second of {self._rate:g}; "
            f"one was late by {self._latest:.1f} s at most"
        )
