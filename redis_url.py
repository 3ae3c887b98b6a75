"""Where Redis is: `redis://host:port/0`, or `redis+sentinel://host:port,host:port/name`, whose
sentinels know which server is the master of that name now. And who of us is here: beat, and for
each queue a worker, say so in keys that expire.
"""

from typing import Any

import redis
from redis.sentinel import Sentinel

SENTINEL = "redis+sentinel://"
# Seconds for which one who fell silent counts as present.
PRESENT = 60
BEAT = "beat"
QUEUES = ("payments", "emails", "sweep", "maintenance")


def announce(client: redis.Redis, *names: str) -> None:
    """Say that these are here: BEAT, or the queues that a worker takes. Raises redis.RedisError."""
    pipe = client.pipeline(transaction=False)
    for name in names:
        pipe.set(f"projectx:here:{name}", 1, ex=PRESENT)
    pipe.execute()


def absent(client: redis.Redis, *names: str) -> list[str]:
    """Return those who have not said for PRESENT seconds that they are here.

    Raises redis.RedisError; redis.OutOfMemoryError when Redis takes nothing any more.
    """
    pipe = client.pipeline(transaction=False)
    pipe.set("projectx:asked", 1, ex=PRESENT)
    pipe.mget([f"projectx:here:{name}" for name in names])
    _, found = pipe.execute()
    return [name for name, value in zip(names, found, strict=True) if value is None]


def connect(url: str, **options: Any) -> redis.Redis:
    """A client of the master; `options` are those of redis.Redis."""
    if not url.startswith(SENTINEL):
        return redis.Redis.from_url(url, **options)
    sentinels, name = _parts(url)
    timeouts = {key: options[key] for key in options if key.startswith("socket_")}
    found: Any = Sentinel([_address(one) for one in sentinels], sentinel_kwargs=timeouts)  # type: ignore[no-untyped-call]
    client: redis.Redis = found.master_for(name, **options)
    return client


def broker(url: str) -> tuple[str, dict[str, str]]:
    """The same for Celery: its URL, and what belongs into its transport options.

    Source: https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/redis.html
    """
    if not url.startswith(SENTINEL):
        return url, {}
    sentinels, name = _parts(url)
    return ";".join(f"sentinel://{one}" for one in sentinels), {"master_name": name}


def _parts(url: str) -> tuple[list[str], str]:
    """The addresses of the sentinels, and the name of the master."""
    sentinels, _, name = url.removeprefix(SENTINEL).partition("/")
    return sentinels.split(","), name


def _address(sentinel: str) -> tuple[str, int]:
    host, _, port = sentinel.rpartition(":")
    return host, int(port)
