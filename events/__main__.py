"""`python -m events`: serve streams of events on EVENTS_PORT until SIGTERM."""

import argparse
import asyncio
import gc
import logging
import os
import resource
import signal
import socket
import sys

from aiohttp import web

import error_reports
import json_lines
from config import settings
from events import malformed
from events.app import Application
from events.subscription import Subscription
from events.watchers import Watchers

log = logging.getLogger("events")

# Seconds within which clients receive the end of their streams.
DRAIN_TIMEOUT = 8.0
# Files and connections that are no streams.
RESERVED_FILES = 64
# A client that answers no packet is given up after this time.
UNACKNOWLEDGED_TIMEOUT = 60_000  # milliseconds
# The system's buffer for what a client has not read; its own choice could be megabytes.
SEND_BUFFER = 16 * 1024  # bytes
BACKLOG = 2048


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m events", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    return parser.parse_args()


def raise_file_limit() -> int:
    """Raise the limit of open files, and return the number of streams that it allows."""
    needed = settings.events_streams + RESERVED_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft != resource.RLIM_INFINITY and soft < needed:
        log.warning("the system allows %d open files: EVENTS_STREAMS is lowered", soft)
        return soft - RESERVED_FILES
    return settings.events_streams


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket, whose options connections inherit. Exits if it cannot listen."""
    try:
        listening = socket.create_server((host, port), backlog=BACKLOG)
    except OSError as error:
        sys.exit(f"EVENTS_PORT {port}: {os.strerror(error.errno or 0)}")
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_TIMEOUT)
    return listening


async def serve(host: str) -> None:
    """Serve until SIGTERM or SIGINT, then end all streams in order."""
    watchers = Watchers(raise_file_limit(), settings.events_streams_per_user)
    subscription = Subscription(settings.redis_url or "redis://127.0.0.1:6379/0", watchers)
    application = Application(watchers, subscription)
    runner = web.AppRunner(
        application.build(),
        access_log=None,
        # The handler of a stream ends with the connection.
        handler_cancellation=True,
        shutdown_timeout=DRAIN_TIMEOUT,
    )
    await runner.setup()
    await web.SockSite(runner, listen(host, settings.events_port), backlog=BACKLOG).start()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    # Loaded modules stay in memory: exclude them from garbage collection.
    gc.freeze()
    working = [asyncio.create_task(work) for work in (subscription.follow(), watchers.beat())]
    waiting = asyncio.create_task(ended.wait())
    await asyncio.wait([waiting, *working], return_when=asyncio.FIRST_COMPLETED)
    application.end()
    await runner.cleanup()
    for task in working:
        if task.done():
            # It never returns, so this raises its error.
            task.result()
        task.cancel()


if __name__ == "__main__":
    json_lines.configure_process("events")
    error_reports.start("events")
    malformed.install()
    asyncio.run(serve(read_arguments().host))
