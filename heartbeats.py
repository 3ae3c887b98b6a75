"""Heartbeats of beat and the workers: keys in Redis that expire, one for beat and one per queue.

`python -m heartbeats NAME...` is the health check of a container: it exits with 1 when this host
sends no heartbeat for a name. An unreachable Redis is no fault of the container.
"""

import socket
import sys
from collections.abc import Iterable

import redis

import redis_url

# Seconds without a heartbeat after which a part counts as absent.
TIMEOUT = 60
BEAT = "beat"
QUEUES = ("payments", "emails", "sweep", "maintenance")


def announce(client: redis.Redis, *names: str) -> None:
    """Send the heartbeat of BEAT, or of the queues of a worker. Raises redis.RedisError."""
    pipe = client.pipeline(transaction=False)
    for name in (*names, *_of_this_host(names)):
        pipe.set(f"projectx:here:{name}", 1, ex=TIMEOUT)
    pipe.execute()


def find_absent(client: redis.Redis, *names: str) -> list[str]:
    """Return the names without a heartbeat in the last TIMEOUT seconds.

    Raises redis.RedisError, such as redis.OutOfMemoryError when Redis accepts no writes.
    """
    pipe = client.pipeline(transaction=False)
    pipe.set("projectx:asked", 1, ex=TIMEOUT)
    pipe.mget([f"projectx:here:{name}" for name in names])
    _, values = pipe.execute()
    return [name for name, value in zip(names, values, strict=True) if value is None]


def _of_this_host(names: Iterable[str]) -> list[str]:
    return [f"{name}@{socket.gethostname()}" for name in names]


def main(names: list[str]) -> int:
    """Return 1 and print the names for which this host sends no heartbeat, otherwise 0."""
    from config import settings

    client = redis_url.connect(settings.redis_url, socket_timeout=2, socket_connect_timeout=1)
    try:
        absent = find_absent(client, *_of_this_host(names))
    except redis.RedisError as error:
        sys.stdout.write(f"unknown: {error}\n")
        return 0
    if absent:
        sys.stdout.write(f"no heartbeat in {TIMEOUT} s: {', '.join(absent)}\n")
    return 1 if absent else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
