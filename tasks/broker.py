"""A worker survives its Redis: the loss of it, and whatever somebody has put into it.

A channel that closes puts back what nobody acknowledged. When its connection has been closed before
it, it asks None for an address, and the AttributeError ends the worker. Said as what it is, a lost
connection, kombu and Celery let it pass and connect anew; the rows' leases bring the work back.

A message that cannot be read ends a worker, too. It has been taken from its queue, and nothing
keeps it yet: it is dropped, with one line in the log.
"""

import logging
from collections.abc import Container
from typing import Any, ClassVar

from kombu.transport import TRANSPORT_ALIASES, redis
from kombu.utils.json import loads
from redis import ConnectionError as LostError

from tasks.messages import problem_of

log = logging.getLogger(__name__)


class Channel(redis.Channel):
    def _connparams(self, asynchronous: bool = False) -> Any:  # noqa: FBT001, FBT002  kombu's
        if getattr(self.connection, "client", None) is None:
            raise LostError("this connection has been closed")
        return super()._connparams(asynchronous)  # type: ignore[no-untyped-call]


class Transport(redis.Transport):
    Channel = Channel
    # Our queues, and the names of what may be in them: a worker sets them when it begins.
    queues: ClassVar[Container[str]] = ()
    tasks: ClassVar[Container[str]] = ()

    def _deliver(self, message: Any, queue: str) -> None:
        names = (Transport.queues, Transport.tasks)
        problem = problem_of(message, queue, *names) if all(names) else None
        if problem is None:
            super()._deliver(message, queue)  # type: ignore[no-untyped-call]
        else:
            log.error("a message in %s is dropped: %s: %.200r", queue, problem, message)


class SentinelChannel(Channel, redis.SentinelChannel):
    pass


class SentinelTransport(Transport, redis.SentinelTransport):
    Channel = SentinelChannel


def _load(text: Any) -> Any:
    """Return what a message holds; or its text, which is then dropped as no message."""
    try:
        return loads(text)  # type: ignore[no-untyped-call]
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError):
        return text


def install() -> None:
    """Replace kombu's Redis transports with those of this module."""
    redis.loads = _load  # type: ignore[attr-defined, assignment]
    TRANSPORT_ALIASES.update(
        dict.fromkeys(("redis", "rediss"), "tasks.broker:Transport"),
        sentinel="tasks.broker:SentinelTransport",
    )
