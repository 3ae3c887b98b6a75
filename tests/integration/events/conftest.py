"""A running events process."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from launch import ports
from launch.children import Child
from launch.stack import ROOT
from launch.waiting import until
from tests.support.streams import TIMEOUT, Serve, Server


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start an events process with these settings, and wait until it follows Redis."""
    with ExitStack() as closing:

        def start(**variables: str) -> Server:
            (port,) = ports.free_ports(1)
            environment = os.environ | {"EVENTS_PORT": str(port)} | variables
            process = Child([sys.executable, "-m", "events"], cwd=ROOT, env=environment)
            closing.callback(process.wait)
            closing.callback(process.terminate)
            server = Server(f"http://127.0.0.1:{port}", process, closing)
            until(server.is_ready, "the start of the events process", seconds=TIMEOUT)
            return server

        yield start
