"""REDIS_URL: `redis://host:port/0`, or `redis+sentinel://host:port,host:port/name`.

In the second form the hosts are sentinels, which know the current master of that name. The module
also names the channels of changes, which tasks publish to and web processes subscribe to, and the
lists of the queues.
"""

from typing import Any, Literal
from uuid import UUID

import redis
import redis.asyncio
from redis.sentinel import Sentinel

from addresses import SENTINEL_SCHEME


def connect(url: str, **options: Any) -> redis.Redis:
    """Return a client of the master; `options` are those of redis.Redis."""
    if not url.startswith(SENTINEL_SCHEME):
        return redis.Redis.from_url(url, **options)
    addresses, name = _parse(url)
    timeouts = {key: options[key] for key in options if key.startswith("socket_")}
    hosts = [_split_port(address) for address in addresses]
    sentinel: Any = Sentinel(hosts, sentinel_kwargs=timeouts)  # type: ignore[no-untyped-call]
    client: redis.Redis = sentinel.master_for(name, **options)
    return client


def connect_async(url: str, **options: Any) -> redis.asyncio.Redis:
    """Return an asynchronous client of the master; `options` are those of redis.asyncio.Redis."""
    if not url.startswith(SENTINEL_SCHEME):
        return redis.asyncio.Redis.from_url(url, **options)
    addresses, name = _parse(url)
    timeouts = {key: options[key] for key in options if key.startswith("socket_")}
    hosts = [_split_port(address) for address in addresses]
    sentinel: Any = redis.asyncio.Sentinel(hosts, sentinel_kwargs=timeouts)  # type: ignore[no-untyped-call]
    client: redis.asyncio.Redis = sentinel.master_for(name, **options)
    return client


def change_channel(execution_id: UUID | Literal["*"]) -> str:
    """Return the name of the channel for the changes of an execution, or the pattern of all."""
    return f"projectx:moved:{execution_id}"


def queue_lists(queue: str) -> tuple[str, str]:
    """Return the names of a queue's lists: interactive and background messages."""
    return f"projectx:{queue}", f"projectx:{queue}\x06\x169"


def broker(url: str) -> tuple[str, dict[str, str]]:
    """Return Celery's broker URL, and its transport options.

    Source: https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/redis.html
    """
    if not url.startswith(SENTINEL_SCHEME):
        return url, {}
    addresses, name = _parse(url)
    return ";".join(f"sentinel://{address}" for address in addresses), {"master_name": name}


def _parse(url: str) -> tuple[list[str], str]:
    """Return the addresses of the sentinels, and the name of the master."""
    addresses, _, name = url.removeprefix(SENTINEL_SCHEME).partition("/")
    return addresses.split(","), name


def _split_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host, int(port)
