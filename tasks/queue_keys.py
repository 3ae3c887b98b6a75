"""The keys of the queues in Redis, and what becomes of keys that hold something else.

A key of another type than ours, such as a hash in the place of a queue, would end every worker of
that queue as often as it is started. What it holds is none of our messages, and those are hints.
"""

import logging
from collections.abc import Iterator
from datetime import timedelta

import redis
from kombu.transport.redis import Channel

from celeryconfig import BACKGROUND, beat_schedule, broker_transport_options, task_queues

log = logging.getLogger(__name__)

PREFIX = str(broker_transport_options["global_keyprefix"])
LIST, SET, SORTED_SET, STRING, NONE = b"list", b"set", b"zset", b"string", b"none"
NO_EXPIRY = -1
# Renamed keys of one name that are kept at once.
MAX_ASIDE = 10
ASIDE_LIFETIME = timedelta(days=7)
# Celery's own exchanges: commands to workers, their answers, and events for Flower.
CELERYS = ("celery.pidbox", "reply.celery.pidbox", "celeryev")


def list_names(queue: str) -> list[str]:
    """Return the names of a queue's lists in Redis, that of the highest priority first."""
    lists = [queue, f"{queue}{Channel.sep}{BACKGROUND}"]
    return [f"{PREFIX}{name}" for name in lists]


def mark_name(name: str) -> str:
    """Return the name of the mark of a list: its newest message a lease ago."""
    return f"{PREFIX}mark:{name.removeprefix(PREFIX)}"


def turn_name(tick: str) -> str:
    """Return the name of the lock under which one beat sends a tick."""
    return f"{PREFIX}turn:{tick}"


def set_aside(client: redis.Redis) -> int:
    """Rename the keys in the way of the queues, with a line in the log for each.

    They are kept for a week, and at most MAX_ASIDE of one name. Return how many there were. Raises
    redis.RedisError.
    """
    types = dict(_types())
    pipe = client.pipeline(transaction=False)
    for name in types:
        pipe.type(name)
        pipe.pttl(name)
    answers = pipe.execute()
    renamed = 0
    for (name, expected), kind, left in zip(
        types.items(), answers[::2], answers[1::2], strict=True
    ):
        is_endless = expected == STRING and left == NO_EXPIRY
        if kind != NONE and (kind != expected or is_endless):
            _rename(client, name, kind.decode())
            renamed += 1
    return renamed


def _types() -> Iterator[tuple[str, bytes]]:
    """Yield the keys of the queues with their types. Strings expire."""
    # kombu's, in which it notes who listens to a queue
    yield f"{PREFIX}{Channel.keyprefix_binding_deadlines}", SORTED_SET
    for queue in (*(each.name for each in task_queues), *CELERYS):
        yield PREFIX + Channel.keyprefix_queue % queue, SET
        yield PREFIX + Channel.keyprefix_binding_permanent % queue, SET
    for each in task_queues:
        for name in list_names(each.name):
            yield name, LIST
            yield mark_name(name), STRING
    for tick in beat_schedule:
        yield turn_name(tick), STRING


def _rename(client: redis.Redis, name: str, kind: str) -> None:
    """Rename a key to a free name, or delete it when none is left: others may write for ever."""
    aside = f"{PREFIX}aside:{name.removeprefix(PREFIX)}"
    became = "deleted"
    try:
        for free in (aside, *(f"{aside}:{number}" for number in range(2, MAX_ASIDE + 1))):
            if client.renamenx(name, free):
                client.expire(free, ASIDE_LIFETIME)
                became = f"{free!r} now, for {ASIDE_LIFETIME.days} days"
                break
        else:
            client.unlink(name)
    except redis.ResponseError as error:
        # Another process has just done it.
        if "no such key" not in str(error):
            raise
    else:
        log.error("the key %r in Redis was a %s of others: it is %s", name, kind, became)
