"""Plain Celery in the race: two tasks with `autoretry_for`, and Redis to remember which of the
first task's answer and its event came first. Nothing of it survives the loss of Redis.
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
from bench.race.front import Gathered, open_front
from bench.race.wire import Json

URL = os.environ["REDIS_URL"]
FRONT = int(os.environ["RACE_FRONT"])
BOTH, KEPT = 2, 3600  # answer and event; seconds

app = Celery("plain", broker=URL)
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=4, task_acks_late=True)
# Threads share it: redis-py keeps a pool of connections.
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
    _go_on([flow])


@app.task(name="second", **RETRY)  # type: ignore[untyped-decorator]
def second(flow: str) -> None:
    call(flow, 2, FRONT)
    store.publish("done", flow)


def _go_on(flows: list[str]) -> None:
    pipe = store.pipeline(transaction=False)
    for flow in flows:
        pipe.incr(f"flow:{flow}")
        pipe.expire(f"flow:{flow}", KEPT)
    for flow, came in zip(flows, pipe.execute()[::2], strict=True):
        if came == BOTH:
            second.delay(flow)


def begin(flows: list[str]) -> None:
    for flow in flows:
        first.delay(flow)


def hear(events: list[Json]) -> None:
    _go_on([event["flow"] for event in events])


class Bell:
    """Rings when a flow is done."""

    def __init__(self) -> None:
        self._heard = redis.Redis.from_url(URL).pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        self._heard.subscribe("done")
        self._waiting: dict[str, asyncio.Event] = {}

    def expect(self, flow: str) -> asyncio.Event:
        if not self._waiting:
            self._begin()
        return self._waiting.setdefault(flow, asyncio.Event())

    @cache  # noqa: B019  there is one
    def _begin(self) -> None:
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._listen, args=(loop,), daemon=True).start()

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        for message in self._heard.listen():
            done = self._waiting.pop(message["data"].decode())
            loop.call_soon_threadsafe(done.set)


def main() -> None:
    beginning, hearing, bell = Gathered(begin), Gathered(hear), Bell()

    async def start(flow: str) -> None:
        done = bell.expect(flow)
        await beginning.add(flow)
        await done.wait()

    open_front(int(sys.argv[1]), start, hearing.add)


if __name__ == "__main__":
    main()
