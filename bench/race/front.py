"""The HTTP server of a contender, and the batches of its requests.

POST /start starts a flow and answers when it is done; POST /event receives the provider's events.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from bench.race.wire import Json, serve

T = TypeVar("T")


class Batcher(Generic[T]):
    """A queue that calls `process` with all items that came during its last call.

    It never waits for more items.
    """

    def __init__(self, process: Callable[[list[T]], None]) -> None:
        self._process = process
        self._items: list[T] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._thread = ThreadPoolExecutor(1)
        self._busy: asyncio.Task[None] | None = None

    async def add(self, item: T) -> None:
        """Process an item, and return when it is done. Raises the error of its batch."""
        waiting = asyncio.get_running_loop().create_future()
        self._items.append(item)
        self._waiting.append(waiting)
        if self._busy is None:
            self._busy = asyncio.create_task(self._work())
        await waiting

    async def _work(self) -> None:
        while self._items:
            (items, self._items), (waiting, self._waiting) = (
                (self._items, []),
                (self._waiting, []),
            )
            try:
                await asyncio.get_running_loop().run_in_executor(self._thread, self._process, items)
            except Exception as error:  # noqa: BLE001  raised again where the items were added
                for future in waiting:
                    future.set_exception(error)
            else:
                for future in waiting:
                    future.set_result(None)
        self._busy = None


def serve_front(
    port: int, start: Callable[[str], Awaitable[None]], receive: Callable[[Json], Awaitable[None]]
) -> None:
    """Serve until SIGTERM. `start` returns when the flow with that id is done."""

    async def answer(path: str, body: Json) -> Json:
        await (start(body["flow"]) if path == "/start" else receive(body))
        return {}

    asyncio.run(serve(port, answer))
