"""Tests of beat: no file, one waiting tick of each kind, and no old messages in Redis."""

import os
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest
import redis

from launch.redis import Redis
from launch.stack import ROOT
from launch.waiting import until
from models.durable.activity import PUBLISHER_LEASE
from tasks.beat import EXPIRE, EXPIRY, Beat
from tasks.celery_app import app
from tasks.queue_keys import PREFIX
from tests.support import python

pytestmark = pytest.mark.slow

QUEUES = ("sweep", "maintenance", "payments", "emails")


def beats(own_redis: Redis, folder: Path, number: int, stack: ExitStack) -> None:
    """Start so many beats that look at this Redis."""
    command = ("-m", "celery", "-A", "tasks.celery_app", "beat", "--pidfile=")
    environment = os.environ | {"REDIS_URL": own_redis.url, "PYTHONPATH": str(ROOT)}
    for _ in range(number):
        process = python.Process(*command, cwd=folder, env=environment)
        stack.callback(process.wait)
        stack.callback(process.kill)


def lengths(redis_client: redis.Redis) -> dict[str, int]:
    return {queue: redis_client.llen(PREFIX + queue) for queue in QUEUES}


def test_two_beats_leave_at_most_one_waiting_tick_of_each_kind(
    own_redis: Redis, redis_client: redis.Redis, tmp_path: Path
) -> None:
    folder = tmp_path / "cwd"
    folder.mkdir()
    seen = []
    with ExitStack() as stack:
        beats(own_redis, folder, 2, stack)
        until(lambda: redis_client.llen(PREFIX + "sweep") > 0, "the first tick", seconds=60)
        # Each tick takes a turn: so many of them have come and gone.
        for number in range(4):
            turn = f"{PREFIX}turn:sweep"
            until(lambda turn=turn: not redis_client.exists(turn), f"the end of turn {number}")  # type: ignore[misc]
            until(lambda turn=turn: bool(redis_client.exists(turn)), f"tick {number}")  # type: ignore[misc]
            seen.append(lengths(redis_client))
    assert all(waiting["sweep"] == 1 and waiting["maintenance"] <= 1 for waiting in seen), seen
    assert list(folder.iterdir()) == [], "a clock that is set back finds no schedule file"


@pytest.mark.parametrize(
    "name",
    ["sweep", "mark:sweep", "turn:sweep", "_kombu.binding.sweep", "_kombu.binding.celeryev"],
)
def test_keys_of_others_stop_no_tick(
    own_redis: Redis, redis_client: redis.Redis, tmp_path: Path, name: str
) -> None:
    redis_client.hset(PREFIX + name, "a", "hash")
    with ExitStack() as stack:
        beats(own_redis, tmp_path, 1, stack)
        until(lambda: redis_client.type(PREFIX + "sweep") == b"list", "a tick", seconds=60)
        until(
            lambda: bool(redis_client.exists(f"{PREFIX}aside:{name}")), "the renaming", seconds=60
        )


def test_a_lock_without_an_end_stops_no_tick(
    own_redis: Redis, redis_client: redis.Redis, tmp_path: Path
) -> None:
    redis_client.set(f"{PREFIX}turn:sweep", 1)
    with ExitStack() as stack:
        beats(own_redis, tmp_path, 1, stack)
        assert redis_client.brpop([PREFIX + "sweep"], timeout=60) is not None


def test_a_received_tick_is_followed_by_another(
    own_redis: Redis, redis_client: redis.Redis, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        beats(own_redis, tmp_path, 1, stack)
        for _ in range(3):
            assert redis_client.brpop([PREFIX + "sweep"], timeout=60) is not None


def test_beat_ignores_the_time_of_day(own_redis: Redis) -> None:
    """A clock that is set back by an hour would keep it silent for an hour."""
    beat = Beat(app=app, lazy=True)
    beat.setup_schedule()
    due = [beat.is_due_at("again", 1.0, at) for at in (5.0, 5.5, 6.0, 6.9, 7.1, 60.0, 60.5)]
    assert due == [True, False, True, False, True, True, False]


def test_messages_that_no_worker_took_are_removed_after_a_lease(redis_client: redis.Redis) -> None:
    expire = redis_client.register_script(EXPIRE)
    keys = ["queue", "mark"]

    def remove(lease: int) -> list[bytes]:
        expire(keys=keys, args=[lease])
        return [
            message for message in redis_client.lrange("queue", 0, -1) if isinstance(message, bytes)
        ]

    old = [uuid4().hex for _ in range(3)]
    redis_client.lpush("queue", *old)
    assert len(remove(1000)) == 3, "they have just come"
    redis_client.lpush("queue", "new")
    assert len(remove(1000)) == 4, "no lease has passed"
    # As Redis sees them now, their lease has passed: the mark lives for two.
    redis_client.pexpire("mark", 900)
    assert remove(1000) == [b"new"]
    redis_client.pexpire("mark", 900)
    assert redis_client.rpop("queue") == b"new"
    assert remove(1000) == [], "one that was taken meanwhile is no matter"
    assert redis_client.pttl("mark") < 0


def test_messages_expire_with_their_lease() -> None:
    assert PUBLISHER_LEASE.total_seconds() == EXPIRY
