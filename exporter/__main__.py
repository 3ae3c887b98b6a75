"""`python -m exporter`: serve gauges from PostgreSQL on EXPORTER_PORT until SIGTERM."""

import argparse
import gc
import signal
import sys
import threading

from flask import Flask
from prometheus_client import CollectorRegistry

import error_reports
import json_lines
from config import settings
from exporter.collector import expose, make_registry
from metering import Scrape, ScrapeServer
from models import connection


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m exporter", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    return parser.parse_args()


class Answers(Scrape):
    """The answers to `GET /metrics`, and to `GET /health` without a look at PostgreSQL."""

    registry: CollectorRegistry

    def load(self, path: str) -> bytes | None:
        """Return the gauges, or that the process answers."""
        if path == "/health":
            return b"ok\n"
        return expose(self.registry) if path == "/metrics" else None


class ExporterServer(ScrapeServer):
    """A server that shares its port with no other."""

    allow_reuse_port = False


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    app = Flask("exporter")
    connection.attach(app, pool_size=1)
    Answers.registry = make_registry(app)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        server = ExporterServer((read_arguments().host, settings.exporter_port), Answers)
    except OSError as error:
        sys.exit(f"EXPORTER_PORT {settings.exporter_port}: {error.strerror}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    # Loaded modules stay in memory: exclude them from garbage collection.
    gc.freeze()
    ended.wait()
    server.shutdown()


if __name__ == "__main__":
    json_lines.configure_process("exporter")
    error_reports.start("exporter")
    main()
