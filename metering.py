"""Prometheus as the meter of `models.metrics`, if METRICS is on.

Each process writes its numbers into files of METRICS_FOLDER and listens on METRICS_PORT, which the
processes of one folder share: any of them answers a scrape with the numbers of all, also of those
that have ended. Processes that are forked after `listen` share one queue of scrapes, so that one
that hangs misses none. Without METRICS nothing is counted, and nobody listens.
"""

import logging
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Callable
from functools import cache, wraps
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

from config import settings
from models import metrics
from models.metrics import Counter, Gauge, Histogram, Metric
from models.processes import process_id

if TYPE_CHECKING:
    import prometheus_client as client

log = logging.getLogger(__name__)


P = ParamSpec("P")


def _harmless(keep: Callable[P, None]) -> Callable[P, None]:
    """Log the error of a number that cannot be kept, such as on a full disk: work goes on."""

    @wraps(keep)
    def keep_if_possible(*arguments: P.args, **named: P.kwargs) -> None:
        try:
            keep(*arguments, **named)
        except (OSError, ValueError) as error:
            log.warning("a metric is not counted: %s", error)

    return keep_if_possible


class Prometheus:
    """A meter that writes into the files of a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
        from prometheus_client import values

        from metering_files import AllocatedFile

        # It chose when it was imported, which Celery does: Flower is a plug-in of its command line.
        # With each number it asks in which process it is, which would take as long as the rest.
        values.ValueClass = values.MultiProcessValue(process_id)  # type: ignore[no-untyped-call]
        values.MmapedDict = AllocatedFile  # type: ignore[assignment, attr-defined]
        self._counters: dict[str, client.Counter] = {}
        self._histograms: dict[str, client.Histogram] = {}
        self._gauges: dict[str, client.Gauge] = {}
        for metric in metrics.ALL:
            self._declare(metric)
        # To find the series of some labels in the library takes as long as to count.
        self._counter, self._histogram = cache(self._find_counter), cache(self._find_histogram)

    def _declare(self, metric: Metric) -> None:
        import prometheus_client as client

        names = metric.name, metric.text, metric.labels
        if isinstance(metric, Counter):
            self._counters[metric.name] = client.Counter(*names, registry=None)
        elif isinstance(metric, Histogram):
            self._histograms[metric.name] = client.Histogram(
                *names, buckets=metric.buckets, registry=None
            )
        elif isinstance(metric, Gauge):
            self._gauges[metric.name] = client.Gauge(
                *names, multiprocess_mode=metric.over, registry=None
            )

    def _find_counter(self, name: str, values: tuple[str, ...]) -> "client.Counter":
        kept = self._counters[name]
        return kept.labels(*values) if values else kept

    def _find_histogram(self, name: str, values: tuple[str, ...]) -> "client.Histogram":
        kept = self._histograms[name]
        return kept.labels(*values) if values else kept

    @_harmless
    def add(self, counter: Counter, values: tuple[str, ...], amount: float) -> None:
        self._counter(counter.name, values).inc(amount)

    @_harmless
    def observe(self, histogram: Histogram, values: tuple[str, ...], seconds: float) -> None:
        self._histogram(histogram.name, values).observe(seconds)

    @_harmless
    def set(self, gauge: Gauge, value: float) -> None:
        self._gauges[gauge.name].set(value)

    @_harmless
    def change(self, gauge: Gauge, difference: int) -> None:
        self._gauges[gauge.name].inc(difference)


def folder() -> Path:
    """Return the folder of the files."""
    return Path(settings.metrics_folder or Path(tempfile.gettempdir()) / "projectx-metrics")


class Scrape(BaseHTTPRequestHandler):
    """The answer to `GET /metrics`."""

    # Seconds: a client that sends or reads nothing holds no thread for longer.
    timeout = 10

    def do_GET(self) -> None:
        body = self.load(self.path.partition("?")[0])
        self.send_response(HTTPStatus.NOT_FOUND if body is None else HTTPStatus.OK)
        body = b"see /metrics\n" if body is None else body
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def load(self, path: str) -> bytes | None:
        """Return the numbers, in Prometheus's format; None for another path."""
        from metering_files import read

        return read(folder()) if path == "/metrics" else None

    def log_message(self, *_: object) -> None:
        """Log nothing: a line for each scrape helps nobody."""


class ScrapeServer(ThreadingHTTPServer):
    """A server of scrapes. Several processes may listen on its port."""

    allow_reuse_port = True
    daemon_threads = True

    def service_actions(self) -> None:
        """Sample the gauges of this process, twice a second: another one may answer the scrape."""
        try:
            metrics.sample()
        except Exception:
            # The next scrape must still be answered.
            log.exception("a gauge is not read")

    def handle_error(self, *_: object) -> None:
        """Log what went wrong in one line. A client that left is no news."""
        error = sys.exception()
        if not isinstance(error, ConnectionError):
            log.error("a scrape failed: %s", error, exc_info=error)


class SharedServer(ScrapeServer):
    """A server on the socket of another process, of which any sharer may take the next scrape."""

    def __init__(self, shared: socket.socket) -> None:
        super().__init__(shared.getsockname(), Scrape, bind_and_activate=False)
        self.socket.close()
        self.socket = shared


_shared: socket.socket | None = None


def listen() -> None:
    """Open METRICS_PORT for the processes that this one forks, if METRICS is on.

    With sockets of their own, the system would give each process a turn, also one that hangs.
    """
    global _shared  # noqa: PLW0603  one per process
    if not settings.metrics or _shared is not None:
        return
    address = settings.metrics_host, settings.metrics_port
    try:
        _shared = socket.create_server(address, reuse_port=True)
    except OSError:
        # Each process tries it again, and says what is wrong.
        return
    # Whoever comes second finds nothing to accept.
    _shared.setblocking(False)


def start() -> bool:
    """Keep the numbers of this process from now on and serve them. Return whether METRICS is on.

    A process that cannot listen goes on: others of its folder tell its numbers. So does one that
    cannot write into the folder, without numbers.
    """
    if not settings.metrics:
        return False
    try:
        metrics.install(Prometheus(folder()))
    except OSError as error:
        log.warning("METRICS_FOLDER: nothing is counted: %s", error)
    metrics.sample()
    address = settings.metrics_host, settings.metrics_port
    try:
        server = SharedServer(_shared) if _shared else ScrapeServer(address, Scrape)
    except OSError as error:
        log.warning("METRICS_PORT %d: %s", settings.metrics_port, error)
        return True
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return True
