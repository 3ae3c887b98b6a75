"""The queues in Redis, and the processes that take from them."""

import redis

import heartbeats
import redis_url
from web.changes import redis_client
from web.schemas.admin.overview import QueueView, WorkerView

NAMES = (heartbeats.BEAT, *heartbeats.QUEUES)


def load_queues() -> tuple[list[QueueView], list[WorkerView]]:
    """Return the lengths of the queues, and which processes have reported lately."""
    lengths: list[int | None]
    absent: set[str] | None
    try:
        client = redis_client()
        pipe = client.pipeline(transaction=False)
        for queue in heartbeats.QUEUES:
            for name in redis_url.queue_lists(queue):
                pipe.llen(name)
        lengths = pipe.execute()
        absent = set(heartbeats.find_absent(client, *NAMES))
    except redis.RedisError:
        lengths, absent = [None for _ in range(2 * len(heartbeats.QUEUES))], None
    pairs = zip(heartbeats.QUEUES, lengths[::2], lengths[1::2], strict=True)
    path = "/console/activities?state=pending"
    queues = [
        QueueView(name=name, interactive=interactive, background=background, path=path)
        for name, interactive, background in pairs
    ]
    workers = [
        WorkerView(name=name, is_present=None if absent is None else name not in absent)
        for name in NAMES
    ]
    return queues, workers
