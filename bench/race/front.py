"""The door of a contender: flows are started at /start, which answers when they are done, and the
provider's events come to /event. What comes together may be handed on together, where a contender
has a use for it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from bench.race.wire import Json, serve

T = TypeVar("T")


class Gathered(Generic[T]):
    """Hands `do` all that has come while it was busy. It never waits for more."""

    def __init__(self, do: Callable[[list[T]], None]) -> None:
        self._do = do
        self._items: list[T] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._thread = ThreadPoolExecutor(1)
        self._busy: asyncio.Task[None] | None = None

    async def add(self, item: T) -> None:
        """Have `item` done. Raises what `do` raised."""
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
                await asyncio.get_running_loop().run_in_executor(self._thread, self._do, items)
            except Exception as error:  # noqa: BLE001  it is theirs who wait
                for one in waiting:
                    one.set_exception(error)
            else:
                for one in waiting:
                    one.set_result(None)
        self._busy = None


def open_front(
    port: int, start: Callable[[str], Awaitable[None]], tell: Callable[[Json], Awaitable[None]]
) -> None:
    """Serve until SIGTERM. `start` ends when the flow of that id is done."""

    async def answer(path: str, body: Json) -> Json:
        await (start(body["flow"]) if path == "/start" else tell(body))
        return {}

    asyncio.run(serve(port, answer))
