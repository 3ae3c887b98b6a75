"""A minimal HTTP client and server, the same for all contenders: JSON over persistent connections.

It uses only the standard library, since the contenders have two virtual environments.
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
    """A pool of persistent connections to a port, without a limit."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def post(self, path: str, body: Json) -> Json:
        """POST a body and return the answer. Raises OSError, or ValueError for an error status."""
        if self._free:
            reader, writer = self._free.pop()
        else:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        data = json.dumps(body).encode()
        writer.write(
            f"POST {path} HTTP/1.1\r\nHost: race\r\n{_length_header(data)}".encode() + data
        )
        status_line, answer = await _read_message(reader)
        self._free.append((reader, writer))
        if " 200 " not in status_line:
            raise ValueError(f"{path}: {status_line} {answer}")
        return answer

    def close(self) -> None:
        for _, writer in self._free:
            writer.close()


async def serve(port: int, handler: Handler) -> None:
    """Serve POST requests until SIGTERM."""

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The task of a connection is cancelled when the server ends.
        end_errors = (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError)
        with contextlib.suppress(*end_errors):
            while True:
                request_line, body = await _read_message(reader)
                data = json.dumps(await handler(request_line.split(" ", 2)[1], body)).encode()
                head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                writer.write(head.encode() + _length_header(data).encode() + data)
        writer.close()

    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    server = await asyncio.start_server(client, "127.0.0.1", port, backlog=1024)
    await ended.wait()
    server.close()


async def _read_message(reader: asyncio.StreamReader) -> tuple[str, Json]:
    """Return the first line and the body of a request or an answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = int(head.lower().split("content-length:")[1].split("\r\n", 1)[0])
    return head.split("\r\n", 1)[0], json.loads(await reader.readexactly(length))


def _length_header(data: bytes) -> str:
    return f"Content-Length: {len(data)}\r\n\r\n"
