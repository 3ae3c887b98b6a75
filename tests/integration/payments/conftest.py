"""Payments moved by real activities against the sandbox, with a clock that can be moved."""

from collections.abc import Iterator

import pytest

from state_machines.durable.unit_of_work import Committed
from tests.support.bank import Bank
from tests.support.till import Till


@pytest.fixture
def till(database: object, committed: list[Committed]) -> Till:
    return Till()


@pytest.fixture
def bank() -> Iterator[Bank]:
    bank = Bank()
    yield bank
    bank.faults()
