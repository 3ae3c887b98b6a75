"""Plain Celery in the race: two tasks with `autoretry_for`, and a counter per flow in Redis.

The counter tells when both the answer of the first task and its event have come. All state is lost
with Redis.
"""

import asyncio
import os
import sys
import threading
from functools import cache
from typing import Any

import redis
from celery import Celery

from bench.race.call import call
from bench.race.front import Batcher, serve_front
from bench.race.wire import Json

URL = os.environ["REDIS_URL"]
FRONT = int(os.environ["RACE_FRONT"])
PARTS = 2  # the answer and the event
COUNTER_LIFETIME = 3600  # seconds

app = Celery("plain", broker=URL)
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=4, task_acks_late=True)
# Threads share the client: redis-py has a pool of connections.
store = redis.Redis.from_url(URL)
RETRY: dict[str, Any] = {
    "autoretry_for": (OSError,),
    "retry_backoff": True,
    "max_retries": 10,
    "ignore_result": True,
}


@app.task(name="first", **RETRY)  # type: ignore[untyped-decorator]
def first(flow: str) -> None:
    call(flow, 1, FRONT)
    _continue([flow])


@app.task(name="second", **RETRY)  # type: ignore[untyped-decorator]
def second(flow: str) -> None:
    call(flow, 2, FRONT)
    store.publish("done", flow)


def _continue(flows: list[str]) -> None:
    """Count a part of each flow, and start the second task of the complete ones."""
    pipe = store.pipeline(transaction=False)
    for flow in flows:
        pipe.incr(f"flow:{flow}")
        pipe.expire(f"flow:{flow}", COUNTER_LIFETIME)
    for flow, parts in zip(flows, pipe.execute()[::2], strict=True):
        if parts == PARTS:
            second.delay(flow)


def begin(flows: list[str]) -> None:
    for flow in flows:
        first.delay(flow)


def receive(events: list[Json]) -> None:
    _continue([event["flow"] for event in events])


class Completions:
    """Completed flows, which the second task announces through Redis."""

    def __init__(self) -> None:
        self._messages = redis.Redis.from_url(URL).pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        self._messages.subscribe("done")
        self._waiting: dict[str, asyncio.Event] = {}

    def expect(self, flow: str) -> asyncio.Event:
        if not self._waiting:
            self._start_listening()
        return self._waiting.setdefault(flow, asyncio.Event())

    @cache  # noqa: B019  there is one instance
    def _start_listening(self) -> None:
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._listen, args=(loop,), daemon=True).start()

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        for message in self._messages.listen():
            done = self._waiting.pop(message["data"].decode())
            loop.call_soon_threadsafe(done.set)


def main() -> None:
    starts, events, completions = Batcher(begin), Batcher(receive), Completions()

    async def start(flow: str) -> None:
        done = completions.expect(flow)
        await starts.add(flow)
        await done.wait()

    serve_front(int(sys.argv[1]), start, events.add)


if __name__ == "__main__":
    main()
