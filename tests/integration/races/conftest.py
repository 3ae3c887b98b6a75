"""A shop at work: its customers, its operator, the bank, and the messages between them, which the
test delivers when it wants to.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

import pytest
from flask import Flask

from models.errors import ProjectXError
from state_machines.durable import SignalRefusedError, unit_of_work
from state_machines.durable.unit_of_work import Committed
from tests.integration.payments.conftest import time
from tests.integration.web.conftest import client, shop
from tests.support.shop import Shop
from tests.support.stripe import Stripe

__all__ = ["client", "shop", "time"]

T = TypeVar("T")
Refused = (ProjectXError, SignalRefusedError)
AtOnce = Callable[[Sequence[Callable[[], Any]]], list[Any]]


@pytest.fixture
def bank() -> Iterator[Stripe]:
    bank = Stripe()
    yield bank
    bank.faults()


@pytest.fixture
def till(database: object, bank: Stripe) -> Iterator[Shop]:
    """With somebody who dispatches, as every process that commits has."""
    nobody: list[Committed] = []
    unit_of_work.after_commit(nobody.append)
    yield Shop(bank)
    unit_of_work.remove_listener(nobody.append)


@pytest.fixture
def at_once(app: Flask) -> AtOnce:
    """Does things in as many threads, all let go at the same moment. What each answered, or how it
    was refused; any other exception is raised.
    """

    def run(deeds: Sequence[Callable[[], T]]) -> list[Any]:
        ready = Barrier(len(deeds), timeout=10)

        def one(deed: Callable[[], T]) -> Any:
            with app.app_context():
                ready.wait()
                try:
                    return deed()
                except Refused as refused:
                    return refused

        with ThreadPoolExecutor(len(deeds)) as pool:
            return list(pool.map(one, deeds))

    return run
