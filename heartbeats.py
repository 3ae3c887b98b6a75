"""Heartbeats of beat and the workers: keys in Redis that expire, one for beat and one per queue."""

import redis

# Seconds without a heartbeat after which a part counts as absent.
TIMEOUT = 60
BEAT = "beat"
QUEUES = ("payments", "emails", "sweep", "maintenance")


def announce(client: redis.Redis, *names: str) -> None:
    """Send the heartbeat of BEAT, or of the queues of a worker. Raises redis.RedisError."""
    pipe = client.pipeline(transaction=False)
    for name in names:
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
