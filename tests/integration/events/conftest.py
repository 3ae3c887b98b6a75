"""A running events process."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest

from launch import ports
from launch.waiting import until
from tests.support import python
from tests.support.streams import TIMEOUT, Serve, Server


@contextmanager
def running(**variables: str) -> Iterator[Server]:
    """Start an events process with these settings, and wait until it follows Redis."""
    (port,) = ports.free_ports(1)
    environment = os.environ | {"EVENTS_PORT": str(port)} | variables
    process = python.Process("-m", "events", env=environment)
    with ExitStack() as closing:
        closing.callback(process.wait)
        closing.callback(process.terminate)
        server = Server(f"http://127.0.0.1:{port}", process, closing)
        until(server.is_ready, "the start of the events process", seconds=TIMEOUT)
        yield server


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start processes of a test alone."""
    with ExitStack() as closing:
        yield lambda **variables: closing.enter_context(running(**variables))


@pytest.fixture(scope="package")
def shared() -> Iterator[Server]:
    """Yield a process for the tests that only open streams."""
    with running() as server:
        yield server


@pytest.fixture
def server(shared: Server) -> Iterator[Server]:
    """Yield the shared process. The test's streams end with it."""
    with ExitStack() as closing:
        yield replace(shared, closing=closing)
    until(lambda: shared.health()["watchers"] == 0, "the end of the streams", seconds=TIMEOUT)
