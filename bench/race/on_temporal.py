"""Temporal in the race: `python -m bench.race.on_temporal SERVER NAMESPACE PORT local|plain`.

Each process has a worker and an HTTP front, and starts its flows eagerly: their first task comes
back with the answer. Local activities are Temporal's fastest form; a crash before a workflow task
ends repeats their call.
"""

import asyncio
import sys
from datetime import timedelta
from typing import Any

from temporalio import activity, workflow  # type: ignore[import-not-found]  # of .venv-bench
from temporalio.client import Client  # type: ignore[import-not-found]
from temporalio.common import RetryPolicy  # type: ignore[import-not-found]
from temporalio.worker import (  # type: ignore[import-not-found]
    PollerBehaviorAutoscaling,
    UnsandboxedWorkflowRunner,
    Worker,
)

from bench.race.call import PROVIDER, request_body
from bench.race.wire import Connections, Json, serve

SLOTS, CACHE = 1000, 10_000
LIMITS: dict[str, Any] = {
    "start_to_close_timeout": timedelta(seconds=5),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=1), backoff_coefficient=2, maximum_attempts=10
    ),
}
provider = Connections(PROVIDER)


@activity.defn  # type: ignore[untyped-decorator]
async def step(flow: str, number: int, port: int) -> str:
    answer: str = (await provider.post("/call", request_body(flow, number, port)))["id"]
    return answer


class Paid:
    """A workflow that waits for the event of its flow."""

    def __init__(self) -> None:
        self._event: Json = {}

    @workflow.signal  # type: ignore[untyped-decorator]
    def paid(self, event: Json) -> None:
        self._event = event

    async def wait(self) -> str:
        """Return the id of the event."""
        await workflow.wait_condition(lambda: bool(self._event))
        return str(self._event["id"])


@workflow.defn
class Flow(Paid):
    """The flow with activities."""

    @workflow.run  # type: ignore[untyped-decorator]
    async def run(self, flow: str, port: int) -> list[str]:
        first = await workflow.execute_activity(step, args=[flow, 1, port], **LIMITS)
        event = await self.wait()
        return [first, event, await workflow.execute_activity(step, args=[flow, 2, port], **LIMITS)]


@workflow.defn
class LocalFlow(Paid):
    """The flow with local activities."""

    @workflow.run  # type: ignore[untyped-decorator]
    async def run(self, flow: str, port: int) -> list[str]:
        execute = workflow.execute_local_activity
        first = await execute(step, args=[flow, 1, port], **LIMITS)
        event = await self.wait()
        return [first, event, await execute(step, args=[flow, 2, port], **LIMITS)]


async def main(server: str, namespace: str, port: int, mode: str) -> None:
    client = await Client.connect(server, namespace=namespace)
    queue, flow = f"race-python-{mode}", LocalFlow if mode == "local" else Flow

    async def answer(path: str, body: Json) -> Json:
        if path == "/start":
            await client.execute_workflow(
                flow.run,
                args=[body["flow"], port],
                id=body["flow"],
                task_queue=queue,
                request_eager_start=True,
            )
        else:
            await client.get_workflow_handle(body["flow"]).signal("paid", body)
        return {}

    async with Worker(
        client,
        task_queue=queue,
        workflows=[flow],
        activities=[step],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_cached_workflows=CACHE,
        max_concurrent_workflow_tasks=SLOTS,
        max_concurrent_activities=SLOTS,
        max_concurrent_local_activities=SLOTS,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
    ):
        await serve(port, answer)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]))
