"""A server with Sentry's interface, which keeps the reports of errors in memory."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


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

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            is_packed = self.headers.get("Content-Encoding") == "gzip"
            received.take(gzip.decompress(body) if is_packed else body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        received.dsn = f"http://key@127.0.0.1:{server.server_port}/1"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield received
        finally:
            server.shutdown()
            thread.join()
