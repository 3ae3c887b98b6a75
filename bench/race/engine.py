"""Our engine in the race: `app` is its Celery application.

`python -m bench.race.engine PORT one|gathered` is the process that starts flows and receives
events. One by one, each has a transaction and a thread of its own, as in the web processes of the
shop. Gathered, those that come while others are written are written together.
"""

import asyncio
import logging
import sys
import threading
from collections import defaultdict
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from operator import itemgetter
from typing import TypeVar
from uuid import UUID

import redis

import redis_url
from bench.race.flow import First, Flow, FlowMachine, FlowSignal, FlowState, Second
from bench.race.front import Batcher, serve_front
from bench.race.wire import Json
from config import settings
from models import base
from models.base import Base, transaction
from state_machines.durable import inbox
from tasks import dispatch
from tasks.celery_app import app
from tasks.worker import database, register

app.conf.task_routes = {"race.*": "payments", **app.conf.task_routes}
for _activity in (First, Second):
    register(_activity.name)

T = TypeVar("T")
# A function that returns once its arguments are committed.
Write = Callable[[T], Awaitable[None]]
GATHERED = "gathered"
THREADS = 8
MOVES = 3  # of a flow: answered, paid, answered again
CHECK_INTERVAL = 1.0  # seconds; a message of Redis may be lost


def begin(ids: list[str]) -> None:
    with database().app_context(), transaction():
        for flow_id in ids:
            FlowMachine.begin(Flow(id=UUID(flow_id)), FlowSignal.START)


def receive(events: list[Json]) -> None:
    # Every transaction locks flows in this order, which avoids deadlocks.
    events.sort(key=itemgetter("flow"))
    with database().app_context():
        inbox.receive_all(
            "race",
            [(event["id"], event["type"], event) for event in events],
            lock=lambda: FlowMachine.lock({UUID(event["flow"]) for event in events}),
        )


def is_done(flow_id: str) -> bool:
    with database().app_context(), base.reading() as session:
        flow = session.get(Flow, UUID(flow_id))
        return flow is not None and flow.state == FlowState.DONE


class Completions:
    """Completed flows, recognized by the number of their moves, which Redis announces."""

    def __init__(self) -> None:
        self._moves: defaultdict[str, int] = defaultdict(int)
        self._waiting: dict[str, asyncio.Event] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._messages = redis.Redis.from_url(settings.redis_url).pubsub(  # type: ignore[no-untyped-call]
            ignore_subscribe_messages=True
        )
        self._messages.psubscribe(redis_url.change_channel("*"))

    async def wait(self, flow_id: str) -> None:
        done = self._waiting[flow_id]
        while not done.is_set():
            try:
                await asyncio.wait_for(done.wait(), CHECK_INTERVAL)
            except TimeoutError:
                if await asyncio.to_thread(is_done, flow_id):
                    break
        del self._waiting[flow_id]
        self._moves.pop(flow_id, None)

    def expect(self, flow_id: str) -> None:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            threading.Thread(target=self._listen, daemon=True).start()
        self._waiting[flow_id] = asyncio.Event()

    def _listen(self) -> None:
        for message in self._messages.listen():
            flow_id = message["channel"].decode().rsplit(":", 1)[1]
            self._moves[flow_id] += 1
            if self._moves[flow_id] == MOVES and flow_id in self._waiting:
                self._loop.call_soon_threadsafe(self._waiting[flow_id].set)  # type: ignore[union-attr]


def main() -> None:
    logging.getLogger("transitions").setLevel(logging.WARNING)
    with database().app_context():
        Base.metadata.create_all(base.db.engine, [Flow.__table__])  # type: ignore[list-item]
    dispatch.start()
    begin_flow, receive_event = _gathered() if sys.argv[2] == GATHERED else _one_by_one()
    completions = Completions()

    async def start(flow_id: str) -> None:
        completions.expect(flow_id)
        await begin_flow(flow_id)
        await completions.wait(flow_id)

    serve_front(int(sys.argv[1]), start, receive_event)


def _gathered() -> tuple[Write[str], Write[Json]]:
    return Batcher(begin).add, Batcher(receive).add


def _one_by_one() -> tuple[Write[str], Write[Json]]:
    threads = ThreadPoolExecutor(THREADS)

    async def begin_flow(flow_id: str) -> None:
        await asyncio.get_running_loop().run_in_executor(threads, begin, [flow_id])

    async def receive_event(event: Json) -> None:
        await asyncio.get_running_loop().run_in_executor(threads, receive, [event])

    return begin_flow, receive_event


if __name__ == "__main__":
    main()
