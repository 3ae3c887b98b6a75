"""An activity's name that cannot be published does not stop the others."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis
from flask import Flask

import redis_url
import tasks.sweep
from config import settings
from launch.waiting import until
from models import ActivityRow, ActivityState, transaction
from models.clock import now
from models.ids import uuid7
from state_machines.durable.unit_of_work import Committed
from tasks.dispatch import Dispatcher
from tasks.queue_keys import list_names

BROKEN, WELL = "emails.order_failed", "payments.poll_intent"


def queue(name: str) -> str:
    """Return the list of the background activities of a queue."""
    return list_names(name)[-1]


@pytest.fixture
def broker(app: Flask) -> Iterator[redis.Redis]:
    """Yield a Redis that has a text in the place of the emails' queue, which must be a list."""
    client = redis_url.connect(settings.redis_url)
    client.delete(queue("emails"), queue("payments"))
    client.set(queue("emails"), "no list")
    yield client
    client.delete(queue("emails"), queue("payments"))


def waiting(broker: redis.Redis, name: str) -> list[Any]:
    messages: list[bytes] = broker.lrange(queue(name), 0, -1)  # type: ignore[assignment]
    return [json.loads(message)["headers"]["task"] for message in messages]


def test_the_sweep_publishes_each_name_separately(
    broker: redis.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction() as session:
        for age, name in ((2, BROKEN), (1, WELL)):
            session.add(
                ActivityRow(
                    id=uuid7(),
                    name=name,
                    machine="payment",
                    subject_id=uuid7(),
                    state=ActivityState.PENDING,
                    attempts=0,
                    due_at=now() - timedelta(minutes=age),
                    payload={},
                    created_at=now(),
                )
            )
    assert tasks.sweep.run()["activities"] == 2
    assert waiting(broker, "payments") == [WELL]
    (line,) = [r.getMessage() for r in caplog.records if "could not publish" in r.getMessage()]
    assert line.startswith(f"could not publish 1 {BROKEN}; the sweep will")


def test_a_process_publishes_each_name_separately(broker: redis.Redis) -> None:
    dispatcher = Dispatcher()
    dispatcher.take(Committed(((BROKEN, uuid7()), (WELL, uuid7())), frozenset()))
    until(lambda: waiting(broker, "payments") == [WELL], "the message")
    dispatcher.take(Committed(((BROKEN, uuid7()), (WELL, uuid7())), frozenset()))
    until(lambda: waiting(broker, "payments") == [WELL, WELL], "the next message")
