"""A shop at work: customers, an operator and the bank, with messages that the test delivers."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from state_machines.durable.unit_of_work import Committed
from tests.support.shop import Shop
from tests.support.stripe import Stripe
from tests.support.threads import AtOnce, Refused, T


@pytest.fixture
def bank() -> Iterator[Stripe]:
    bank = Stripe()
    yield bank
    bank.faults()


@pytest.fixture
def till(database: object, committed: list[Committed], bank: Stripe) -> Shop:
    return Shop(bank)


@pytest.fixture
def at_once(app: Flask) -> AtOnce:
    """Run functions in a thread each, released at the same moment.

    Returns what each answered, or the error that refused it. Any other exception is raised.
    """

    def run(functions: Sequence[Callable[[], T]]) -> list[Any]:
        ready = Barrier(len(functions), timeout=60)

        def run_one(function: Callable[[], T]) -> Any:
            with app.app_context():
                ready.wait()
                try:
                    return function()
                except Refused as refused:
                    return refused

        with ThreadPoolExecutor(len(functions)) as pool:
            return list(pool.map(run_one, functions))

    return run
