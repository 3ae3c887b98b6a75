"""Many watchers of the events process, in one process: `python -m bench.watching PORT WATCHERS`.

It prints a line of JSON when all streams are open. For each line of its stdin, with a number of
changes and their rate (0 for as fast as possible), it publishes them and prints the latencies.
"""

import asyncio
import json
import sys
from asyncio import Protocol, Transport
from datetime import UTC, datetime
from time import perf_counter
from typing import cast
from uuid import UUID, uuid4

import redis_url
import tickets
from config import settings

OPENING = 64  # streams at once
TIMEOUT = 60.0  # seconds
REQUEST = "GET /events?ticket={} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class Stream(Protocol):
    """One open stream. `opened` is done at its first event or comment."""

    def __init__(self, watching: "Watching", execution_id: UUID) -> None:
        self._watching, self._execution_id = watching, execution_id
        self._unread = b""
        self._transport: Transport | None = None
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("Transport", transport)
        ticket = tickets.issue(uuid4(), [self._execution_id], datetime.now(UTC))
        self._transport.write(REQUEST.format(ticket).encode())

    def data_received(self, data: bytes) -> None:
        *lines, self._unread = (self._unread + data).split(b"\n")
        for line in lines:
            if line == b": open":
                self.opened.set_result(None)
            elif line.startswith(b"data: {") and b'"version":' in line:
                self._watching.receive(line)

    def close(self) -> None:
        """Close the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(exc or ConnectionError("the stream was refused"))
        self._watching.lost += 1


class Watching:
    """All streams, and the changes that they wait for."""

    def __init__(self, port: int, number: int) -> None:
        self._port = port
        self._execution_ids = [uuid4() for _ in range(number)]
        self._streams: list[Stream] = []
        self._latencies: list[float] = []
        self._published: list[float] = []
        self._received = asyncio.Event()
        self._expected = 0
        self.lost = 0

    async def open(self) -> float:
        """Open all streams and return the seconds that it took."""
        start, places = perf_counter(), asyncio.Semaphore(OPENING)
        await asyncio.gather(*(self._open(places, each) for each in self._execution_ids))
        return perf_counter() - start

    async def _open(self, places: asyncio.Semaphore, execution_id: UUID) -> None:
        loop = asyncio.get_running_loop()
        async with places:
            _, stream = await loop.create_connection(
                lambda: Stream(self, execution_id), "127.0.0.1", self._port
            )
            self._streams.append(stream)
            await stream.opened

    async def close(self) -> None:
        """Close all streams."""
        for stream in self._streams:
            stream.close()
        # The event loop closes the sockets in its next round.
        await asyncio.sleep(0)

    def receive(self, line: bytes) -> None:
        """Take note of a hint, whose version is the number of its change."""
        now = perf_counter()
        number = int(line.rpartition(b'"version":')[2].split(b"}")[0])
        self._latencies.append(now - self._published[number])
        if len(self._latencies) == self._expected:
            self._received.set()

    async def publish(self, number: int, rate: float) -> list[float]:
        """Publish changes of one execution after the other, and return the latencies in seconds."""
        client = redis_url.connect_async(settings.redis_url, protocol=2)
        self._latencies, self._published, self._expected = [], [], number
        self._received.clear()
        start = perf_counter()
        for each in range(number):
            if rate:
                await asyncio.sleep(max(0.0, start + each / rate - perf_counter()))
            execution_id = self._execution_ids[each % len(self._execution_ids)]
            hint = [{"machine": "order", "id": str(execution_id), "version": each}]
            self._published.append(perf_counter())
            text = json.dumps(hint, separators=(",", ":"))
            await client.publish(redis_url.change_channel(execution_id), text)
        await asyncio.wait_for(self._received.wait(), TIMEOUT)
        await client.aclose()
        return self._latencies


async def main(port: int, number: int) -> None:
    watching, loop = Watching(port, number), asyncio.get_running_loop()
    print(json.dumps({"seconds": await watching.open()}), flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        count, rate = line.split()
        latencies = await watching.publish(int(count), float(rate))
        print(json.dumps({"latencies": latencies, "lost": watching.lost}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
