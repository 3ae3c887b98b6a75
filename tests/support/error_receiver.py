"""A server with Sentry's interface, which keeps the reports of errors in memory."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.receiver import receiving


@dataclass
class ErrorReceiver:
    """The reports that have come to `dsn`, as they came and as JSON."""

    dsn: str = ""
    texts: list[str] = field(default_factory=list)
    reports: list[dict[str, Any]] = field(default_factory=list)

    def take(self, envelope: bytes) -> None:
        """Keep the reports of an envelope: a line of its own, then two lines for each item."""
        self.texts.append(envelope.decode())
        lines = envelope.splitlines()[1:]
        items = zip(map(json.loads, lines[::2]), map(json.loads, lines[1::2]), strict=True)
        self.reports += [report for header, report in items if header["type"] == "event"]


@contextmanager
def error_receiver() -> Iterator[ErrorReceiver]:
    """Run a receiver on a free port of the loopback interface."""
    received = ErrorReceiver()
    with receiving(received.take) as port:
        received.dsn = f"http://key@127.0.0.1:{port}/1"
        yield received
