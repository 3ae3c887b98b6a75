"""The subscription to the changes that all processes publish on Redis: one for all watchers."""

import asyncio
import logging
from typing import Any, NoReturn
from uuid import UUID

import redis
from redis.asyncio.client import PubSub

import redis_url
from events.watchers import Watchers

log = logging.getLogger(__name__)

PATTERN = redis_url.change_channel("*")
RECONNECT_PAUSE = 1.0  # seconds
# After silence of this length Redis is asked for a sign of life, and given up after another.
MAX_SILENCE = 10.0  # seconds


class Subscription:
    """A subscription that is renewed for ever. `is_open` says whether Redis has confirmed it."""

    def __init__(self, url: str, watchers: Watchers) -> None:
        self._watchers = watchers
        self._redis = redis_url.connect_async(
            url,
            socket_connect_timeout=2,
            socket_timeout=5,
            socket_keepalive=True,
            protocol=2,
            driver_info=None,
        )
        self._refetching: asyncio.Task[None] | None = None
        self.is_open = False

    async def follow(self) -> NoReturn:
        """Pass on changes, and connect again when the connection is lost."""
        while True:
            pubsub = self._redis.pubsub()
            try:
                await pubsub.psubscribe(PATTERN)
                await self._receive(pubsub)
            except (redis.RedisError, OSError) as error:
                if self.is_open:
                    log.warning("lost Redis, connecting again: %s", error)
                self.is_open = False
                await pubsub.aclose()  # type: ignore[no-untyped-call]
                await asyncio.sleep(RECONNECT_PAUSE)

    async def _receive(self, pubsub: PubSub) -> NoReturn:
        """Receive messages until the connection fails or is silent. Raises redis.RedisError."""
        is_probing = False
        while True:
            message = await pubsub.get_message(timeout=MAX_SILENCE)
            if message is not None:
                is_probing = False
                self._handle(message)
            elif is_probing:
                raise redis.ConnectionError("Redis is silent")
            else:
                is_probing = True
                await pubsub.ping()

    def _handle(self, message: dict[str, Any]) -> None:
        if message["type"] == "psubscribe":
            # The client also renews a lost subscription by itself. Changes may have been missed.
            self.is_open = True
            if self._refetching is not None:
                self._refetching.cancel()
            self._refetching = asyncio.create_task(self._watchers.refetch())
        elif message["type"] == "pmessage":
            self._announce(message["channel"], message["data"])

    def _announce(self, channel: bytes, data: bytes) -> None:
        """Announce a message. One that cannot be read is dropped: it is a hint like any other."""
        try:
            root_id, moves = UUID(channel.rpartition(b":")[2].decode()), data.decode()
        except ValueError:
            log.warning("dropped an unreadable message: %.100r on %.100r", data, channel)
            return
        # An earlier release publishes a word. A line break would end the event early.
        is_list = moves.startswith("[") and moves.isprintable()
        self._watchers.announce(root_id, moves if is_list else "[]")
