"""The smallest HTTP that the race needs, the same for every contender: JSON over connections that
are kept. The standard library only, since the contenders live in two virtual environments.
"""

import asyncio
import contextlib
import json
import signal
from collections.abc import Awaitable, Callable
from typing import Any

Json = dict[str, Any]
Handler = Callable[[str, Json], Awaitable[Json]]


class Connections:
    """Kept connections to one address, as many as are needed at once."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def post(self, path: str, body: Json) -> Json:
        """POST and wait for the answer. Raises OSError, or ValueError on any answer but 200."""
        if self._free:
            reader, writer = self._free.pop()
        else:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        data = json.dumps(body).encode()
        writer.write(f"POST {path} HTTP/1.1\r\nHost: race\r\n{_length(data)}".encode() + data)
        first, answer = await _message(reader)
        self._free.append((reader, writer))
        if " 200 " not in first:
            raise ValueError(f"{path}: {first} {answer}")
        return answer

    def close(self) -> None:
        for _, writer in self._free:
            writer.close()


async def serve(port: int, handler: Handler) -> None:
    """Answer every POST by `handler`, until SIGTERM."""

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Cancelled when the server ends.
        gone = (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError)
        with contextlib.suppress(*gone):
            while True:
                first, body = await _message(reader)
                data = json.dumps(await handler(first.split(" ", 2)[1], body)).encode()
                head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                writer.write(head.encode() + _length(data).encode() + data)
        writer.close()

    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    server = await asyncio.start_server(client, "127.0.0.1", port, backlog=1024)
    await ended.wait()
    server.close()


async def _message(reader: asyncio.StreamReader) -> tuple[str, Json]:
    """The first line and the body of a request or an answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = int(head.lower().split("content-length:")[1].split("\r\n", 1)[0])
    return head.split("\r\n", 1)[0], json.loads(await reader.readexactly(length))


def _length(data: bytes) -> str:
    return f"Content-Length: {len(data)}\r\n\r\n"
