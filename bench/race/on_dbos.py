"""DBOS in the race: `python -m bench.race.on_dbos PORT`, a process per core.

Each process runs the workflows that it starts, in the thread that waits for them: the cheapest way
that DBOS has.
"""

import asyncio
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from dbos import (  # type: ignore[import-not-found]  # of .venv-bench
    DBOS,
    DBOSConfig,
    SendMessage,
    Serializer,
    SetWorkflowID,
)

from bench.race.call import call
from bench.race.front import Batcher, serve_front
from bench.race.wire import Json

PORT = int(sys.argv[1])
# The maximum number of flows at once in a process; more wait for a thread.
IN_FLIGHT = int(os.environ.get("RACE_DBOS_IN_FLIGHT", "4"))


class JsonSerializer(Serializer):  # type: ignore[misc]
    """A serializer to JSON, which is cheaper than the default, pickle in base64."""

    def name(self) -> str:
        return "json"

    def serialize(self, data: Any) -> str:
        return json.dumps(data)

    def deserialize(self, serialized_data: str) -> Any:
        return json.loads(serialized_data)


DBOS(
    config=DBOSConfig(
        name="race",
        system_database_url=os.environ["DATABASE_URL"],
        sys_db_pool_size=IN_FLIGHT + 8,
        log_level="ERROR",
        serializer=JsonSerializer(),
        executor_id=f"race-{PORT}",
        application_version="1",
        enable_otlp=False,
        use_listen_notify=True,
    )
)


@DBOS.step(retries_allowed=True, max_attempts=10)  # type: ignore[untyped-decorator]
def step(flow: str, number: int) -> str:
    answer: str = call(flow, number, PORT)["id"]
    return answer


@DBOS.workflow()  # type: ignore[untyped-decorator]
def run(flow: str) -> list[Any]:
    first = step(flow, 1)
    event = DBOS.recv("paid", timeout_seconds=60)
    return [first, event["id"], step(flow, 2)]


def receive(events: list[Json]) -> None:
    DBOS.send_bulk([SendMessage(event["flow"], event, "paid", event["id"]) for event in events])


def begin(flow: str) -> None:
    with SetWorkflowID(flow):
        run(flow)


def main() -> None:
    DBOS.launch()
    events, threads = Batcher(receive), ThreadPoolExecutor(IN_FLIGHT)

    async def start(flow: str) -> None:
        await asyncio.get_running_loop().run_in_executor(threads, begin, flow)

    serve_front(PORT, start, events.add)
    DBOS.destroy()


if __name__ == "__main__":
    main()
