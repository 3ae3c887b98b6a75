"""Absurd in the race: `python -m bench.race.on_absurd PORT`, a process per core.

Each process works off a queue of its own, so that it hears of a flow's end without asking. The
worker asks for tasks at short intervals: Absurd has no notifications.
"""

import asyncio
import contextlib
import os
import sys
from typing import Any

import absurdctl  # type: ignore[import-not-found]  # of .venv-bench
import psycopg  # type: ignore[import-not-found]
from absurd_sdk import AsyncAbsurd, AsyncTaskContext  # type: ignore[import-not-found]

from bench.race.call import PROVIDER, request_body
from bench.race.wire import Connections, Json, serve

PORT = int(sys.argv[1])
DATABASE, QUEUE = os.environ["DATABASE_URL"], f"race-{PORT}"
SLOTS = 64  # flows at once in a process
POLL_INTERVAL = 0.01  # seconds
provider = Connections(PROVIDER)
ended: dict[str, asyncio.Event] = {}


async def step(flow: str, number: int) -> str:
    answer: str = (await provider.post("/call", request_body(flow, number, PORT)))["id"]
    return answer


async def run(params: Json, context: AsyncTaskContext) -> list[Any]:
    flow = params["flow"]
    first = await context.step("first", lambda: step(flow, 1))
    event = await context.await_event(f"paid:{flow}")
    second = await context.step("second", lambda: step(flow, 2))
    ended[flow].set()
    return [first, event["id"], second]


async def main() -> None:
    there_are = (psycopg.errors.DuplicateTable, psycopg.errors.DuplicateFunction)
    with (
        contextlib.suppress(*there_are),
        psycopg.connect(DATABASE, autocommit=True) as connection,
    ):
        connection.execute(absurdctl.BUNDLED_SCHEMA_SQL)
    # Claims and requests would wait for each other on one connection.
    worker, front = (AsyncAbsurd(DATABASE, queue_name=QUEUE) for _ in "12")
    await front.create_queue(QUEUE)
    worker.register_task("flow")(run)

    async def answer(path: str, body: Json) -> Json:
        if path == "/event":
            await front.emit_event(f"paid:{body['flow']}", body)
            return {}
        ended[body["flow"]] = asyncio.Event()
        task = await front.spawn("flow", body, queue=QUEUE)
        await ended[body["flow"]].wait()
        del ended[body["flow"]]
        # Its function has returned; its end may not be written yet.
        while not await is_complete(task["task_id"]):
            pass
        return {}

    async def is_complete(task_id: str) -> bool:
        result = await front.fetch_task_result(task_id)
        return result is not None and result.state == "completed"

    working = asyncio.create_task(
        worker.start_worker(concurrency=SLOTS, poll_interval=POLL_INTERVAL)
    )
    await serve(PORT, answer)
    working.cancel()


if __name__ == "__main__":
    asyncio.run(main())
