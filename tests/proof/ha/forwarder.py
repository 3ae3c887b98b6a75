"""Passes on connections to an address of this machine to the servers on its loopback address.

`python -m tests.proof.ha.forwarder ADDRESS PORT...` opens the same ports at the address, and says
so in a line. Thus another machine reaches servers that listen on 127.0.0.1 only.
"""

import asyncio
import socket
import sys
from contextlib import suppress
from functools import partial

LOOPBACK = "127.0.0.1"
CHUNK = 65536  # bytes


async def main(address: str, ports: list[int]) -> None:
    """Serve until the process is ended."""
    for port in ports:
        await asyncio.start_server(partial(pass_on, port), address, port)
    print(f"{address} leads to {LOOPBACK}", flush=True)
    await asyncio.Event().wait()


async def pass_on(port: int, near: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
    """Connect a client with the server at `port`, until one of them closes the connection."""
    try:
        watch(answer.get_extra_info("socket"))
        far, request = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        answer.close()
        return
    ways = [asyncio.create_task(copy(near, request)), asyncio.create_task(copy(far, answer))]
    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for way in ways:
        way.cancel()
    for writer in (request, answer):
        writer.close()


async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Copy everything until the source ends, or the connection is lost."""
    with suppress(OSError):
        while data := await source.read(CHUNK):
            target.write(data)
            await target.drain()


def watch(client: socket.socket) -> None:
    """Let the kernel end the connection within 11 s when the client's machine is lost."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 5)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 2)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
    # Keepalives do not count while an answer is not acknowledged.
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 10_000)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], [int(port) for port in sys.argv[2:]]))
