"""A batch is no larger than what can be called at once: what is claimed does not wait."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from launch.waiting import until
from models import ActivityRow, ActivityState, transaction
from state_machines.durable import Call, executor
from state_machines.durable.calls.batches import CONCURRENT_CALLS
from tasks.dispatch import BATCH
from tests.support.depot import Depot
from tests.support.parcel import Announce, Courier

THREADS = 8


class SlowCourier(Courier):
    """Answers nobody until it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = Event()
        self.asked = 0
        self._counting = Lock()

    def announce(self, label: str, call: Call) -> str:
        with self._counting:
            self.asked += 1
        self.may_answer.wait(60)
        return super().announce(label, call)


@pytest.fixture
def slow() -> Iterator[SlowCourier]:
    before, courier = Announce.courier, SlowCourier()
    Announce.courier = courier
    yield courier
    courier.may_answer.set()
    Announce.courier = before


def in_state(state: ActivityState) -> int:
    with transaction() as session:
        rows = select(func.count()).where(ActivityRow.state == state)
        return session.scalar(rows) or 0


def test_a_slow_batch_does_not_fail_an_email(
    depot: Depot, slow: SlowCourier, flask_app: Flask
) -> None:
    keys = [depot.key(parcel_id) for parcel_id in depot.pack(*map(str, range(THREADS * BATCH)))]

    def run(number: int) -> int:
        with flask_app.app_context():
            return executor.run(Announce.name, keys[number * BATCH : (number + 1) * BATCH])

    with ThreadPoolExecutor(THREADS) as pool:
        claimed = [pool.submit(run, number) for number in range(THREADS)]
        try:
            until(lambda: slow.asked == CONCURRENT_CALLS, "as many calls as there are callers")
            assert in_state(ActivityState.RUNNING) == CONCURRENT_CALLS
            assert in_state(ActivityState.PENDING) == len(keys) - CONCURRENT_CALLS
        finally:
            slow.may_answer.set()
        assert sum(each.result() for each in claimed) == len(keys)
    calls: list[UUID] = [call.id for call in slow.calls]
    assert sorted(calls) == sorted(keys)
    assert in_state(ActivityState.DONE) == len(keys)
