"""Redis transports for kombu that survive a lost connection and unreadable messages.

A channel that closes puts nothing back into the queues: the leases of the rows recover the work. If
its connection is closed already, kombu raises AttributeError, which ends the worker. Here it raises
a connection error, after which kombu and Celery reconnect.

Workers take interactive messages first. One turn in eight is the background's, so that calls whose
messages were lost do not wait for as long as customers keep coming.

An unreadable message would end a worker, too. It is dropped with one line in the log. A key that is
no queue would do the same. It is renamed (tasks/queue_keys.py).

So would a Redis that refuses something for now, such as one that has become a replica or whose
disk is full. That is like a lost connection: the worker asks again, after growing pauses
(tasks/consumer.py).

kombu makes a new client for each message that it sends, keeps or acknowledges, which took a tenth
of a worker's time. Here a channel keeps one.
"""

import logging
from collections.abc import Container
from queue import Empty
from typing import Any, ClassVar

from kombu.transport import TRANSPORT_ALIASES, redis
from kombu.utils.json import loads
from redis import ConnectionError as LostConnectionError
from redis import ResponseError as RefusedError

import redis_url
from celeryconfig import BACKGROUND, INTERACTIVE
from config import settings
from tasks import queue_keys
from tasks.messages import problem_of

log = logging.getLogger(__name__)

# One in so many messages is taken from the background first: interactive ones may never end.
BACKGROUND_TURN = 8
WRONG_TYPE = "WRONGTYPE"


class Channel(redis.Channel):
    do_restore = False
    _client: Any = None
    _polls = 0

    def _brpop_start(self, timeout: float | None = None) -> None:
        """Wait for a message: an interactive one first, but for every turn of the background."""
        steps = self.priority_steps
        self._polls += 1
        if self._polls % BACKGROUND_TURN == 0:
            self.priority_steps = steps[::-1]
        try:
            super()._brpop_start(timeout)  # type: ignore[no-untyped-call]
        finally:
            self.priority_steps = steps

    def _brpop_read(self, **options: Any) -> Any:
        """Read a message. A key that is no queue is renamed, and counts as no message."""
        try:
            return super()._brpop_read(**options)  # type: ignore[no-untyped-call]
        except self.ResponseError as error:
            if WRONG_TYPE not in str(error):
                raise
            with redis_url.connect(settings.redis_url, socket_timeout=2) as client:
                if not queue_keys.set_aside(client):
                    log.warning("Redis: %s", error)
            raise Empty from error

    def priority(self, number: int) -> int:
        """Return the step of a priority. kombu's own function expects the steps in order."""
        return BACKGROUND if number >= BACKGROUND else INTERACTIVE

    def _create_client(self, asynchronous: bool = False) -> Any:  # noqa: FBT001, FBT002  kombu's
        """Return the client of the pool, which a reconnection replaces."""
        if asynchronous:
            return super()._create_client(asynchronous)  # type: ignore[no-untyped-call]
        if self._client is None or self._client.connection_pool is not self.pool:
            self._client = super()._create_client()  # type: ignore[no-untyped-call]
        return self._client

    def _connparams(self, asynchronous: bool = False) -> Any:  # noqa: FBT001, FBT002  kombu's
        if getattr(self.connection, "client", None) is None:
            raise LostConnectionError("this connection has been closed")
        return super()._connparams(asynchronous)  # type: ignore[no-untyped-call]


class Transport(redis.Transport):
    Channel = Channel
    connection_errors = (*redis.Transport.connection_errors, RefusedError)
    # The queues of this system and the names of its tasks. A worker sets them when it starts.
    queues: ClassVar[Container[str]] = ()
    tasks: ClassVar[Container[str]] = ()

    def _deliver(self, message: Any, queue: str) -> None:
        names = (Transport.queues, Transport.tasks)
        problem = problem_of(message, queue, *names) if all(names) else None
        if problem is None:
            super()._deliver(message, queue)  # type: ignore[no-untyped-call]
        else:
            log.error("dropped a message in %s: %s: %.200r", queue, problem, message)


class SentinelChannel(Channel, redis.SentinelChannel):
    pass


class SentinelTransport(Transport, redis.SentinelTransport):
    Channel = SentinelChannel


def _load(text: Any) -> Any:
    """Parse a message. Return unreadable text as it is: the transport then drops it."""
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
