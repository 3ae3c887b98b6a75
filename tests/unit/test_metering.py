"""Prometheus as the meter: it is loaded on demand, and its troubles stop no process."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from subprocess import CompletedProcess
from threading import Event, Thread

import pytest

from launch.children import run
from launch.stack import ROOT
from metering import Scrape, ScrapeServer
from models import metrics
from models.metrics import Counter, Gauge, Histogram, Metric
from tests.support.counted import counting

# A process that starts its metrics, counts something, and tells what it would answer.
PROGRAM = """
import sys, metering
from models import metrics
is_on = metering.start()
metrics.BEAT_AT.set(7)
metrics.POOL_IN_USE.change(2)
metrics.POOL_SHARE.set(0.5)
metrics.SWEEP_SECONDS.observe(0.2, "polls")
metrics.SWEEP_FAILURES.add("polls")
print(is_on, any(name.startswith("prometheus_client") for name in sys.modules))
if is_on:
    import metering_files
    print(metering_files.read(metering.folder()).decode())
"""


COUNTING = PROGRAM.partition("if is_on:")[0]
# A process whose disk becomes full after its first number.
FULL = """
import metering, metering_files
from models import metrics
metering.start()
metrics.SWEEP_FAILURES.add("first")
with (metering.folder() / "fill").open("wb", buffering=0) as file:
    try:
        while True:
            file.write(bytes(4096))
    except OSError:
        print("full")
for number in range(3000):
    metrics.SWEEP_FAILURES.add(f"part {number}")
metrics.SWEEP_FAILURES.add("first", amount=2)
lines = metering_files.read(metering.folder()).decode().splitlines()
print(next(int(float(line.split()[-1])) for line in lines if 'part="first"' in line))
"""


@pytest.fixture
def port() -> Iterator[int]:
    """Yield a port on which another program listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield int(taken.getsockname()[1])


def start(folder: Path, program: str = PROGRAM, **settings: str) -> str:
    """Run a program in a process of its own, and return its output."""
    environment = os.environ | {"METRICS_FOLDER": str(folder)} | settings
    command = [sys.executable, "-W", "ignore", "-c", program]
    done = run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return str(done.stdout + done.stderr)


@pytest.mark.slow
def test_without_the_setting_nothing_is_loaded_or_written(tmp_path: Path) -> None:
    assert start(tmp_path / "metrics", METRICS="0").split() == ["False", "False"]
    assert not (tmp_path / "metrics").exists()


@pytest.mark.slow
def test_numbers_are_kept_in_the_folder_although_the_port_is_taken(
    tmp_path: Path, port: int
) -> None:
    output = start(tmp_path / "new" / "metrics", METRICS="1", METRICS_PORT=str(port))
    assert f"METRICS_PORT {port}: " in output
    for line in (
        "projectx_beat_timestamp_seconds 7.0",
        "projectx_pool_in_use 2.0",
        "projectx_pool_share_max 0.5",
        'projectx_sweep_failures_total{part="polls"} 1.0',
        'projectx_sweep_seconds_bucket{le="0.25",part="polls"} 1.0',
    ):
        assert line in output.splitlines()


@pytest.mark.slow
def test_counters_of_ended_processes_stay_and_their_gauges_do_not(
    tmp_path: Path, port: int
) -> None:
    settings = {"METRICS": "1", "METRICS_PORT": str(port)}
    start(tmp_path, **settings)
    second = start(tmp_path, **settings).splitlines()
    assert 'projectx_sweep_failures_total{part="polls"} 2.0' in second
    assert "projectx_pool_in_use 2.0" in second, "of the second process alone"


def on_a_small_disk(
    folder: Path, program: str, port: int, prepare: str = "true"
) -> CompletedProcess[str]:
    """Run a program whose folder of metrics is a disk of one megabyte."""
    mount = f"mount -t tmpfs -o size=1m small {folder} && cd {folder} && ({prepare}) && exec "
    settings = {"METRICS": "1", "METRICS_PORT": str(port), "METRICS_FOLDER": str(folder)}
    variables = os.environ | settings | {"PYTHONPATH": str(ROOT)}
    words = ["unshare", "-rm", "sh", "-c", f'{mount} "$@"', "sh"]
    if run([*words, "true"], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    command = [*words, sys.executable, "-W", "ignore", "-c", program]
    return run(command, env=variables, capture_output=True, text=True)


@pytest.mark.slow
def test_a_disk_that_becomes_full_costs_numbers_and_ends_no_process(
    tmp_path: Path, port: int
) -> None:
    done = on_a_small_disk(tmp_path, FULL, port)
    assert (done.returncode, done.stdout) == (0, "full\n3\n"), done.stderr
    assert "a metric is not counted: " in done.stderr


@pytest.mark.slow
def test_a_process_starts_on_a_full_disk(tmp_path: Path, port: int) -> None:
    fill = "dd if=/dev/zero of=fill 2>&- || true"
    done = on_a_small_disk(tmp_path, COUNTING, port, fill)
    assert (done.returncode, done.stdout) == (0, "True True\n"), done.stderr
    assert "METRICS_FOLDER: nothing is counted: " in done.stderr


@pytest.mark.slow
def test_a_process_starts_without_a_folder_that_it_may_write(tmp_path: Path, port: int) -> None:
    (tmp_path / "file").write_text("no folder")
    settings = {"METRICS": "1", "METRICS_PORT": str(port)}
    output = start(tmp_path / "file", COUNTING, **settings)
    assert output.startswith("True ")
    assert "METRICS_FOLDER: nothing is counted: " in output


@pytest.mark.slow
def test_a_file_that_was_only_begun_spoils_no_scrape(tmp_path: Path, port: int) -> None:
    (tmp_path / "counter_1.db").touch()
    output = start(tmp_path, METRICS="1", METRICS_PORT=str(port))
    assert "projectx_pool_in_use 2.0" in output.splitlines()


class Large(Scrape):
    """Answers with more than a socket's buffer."""

    asked, gone = Event(), Event()

    def load(self, path: str) -> bytes | None:
        self.asked.set()
        self.gone.wait()
        if path == "/fault":
            raise ValueError("of our own")
        return bytes(10_000_000)


class Impatient(Scrape):
    """Waits for no client."""

    timeout = 1


@contextmanager
def served(handler: type[Scrape]) -> Iterator[tuple[str, int]]:
    """Serve scrapes, and yield the address."""
    with ScrapeServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = False
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield ("127.0.0.1", server.server_port)
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("path", "logged"), [("/metrics", []), ("/fault", ["a scrape failed"])])
def test_a_scrape_that_fails_is_a_line_and_one_that_leaves_is_none(
    path: str,
    logged: list[str],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    Large.asked.clear()
    Large.gone.clear()
    with served(Large) as address:
        with socket.create_connection(address) as client:
            client.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
            Large.asked.wait()
        Large.gone.set()
    assert [message.partition(":")[0] for message in caplog.messages] == logged
    assert capfd.readouterr().err == ""


def test_a_client_that_says_nothing_is_left() -> None:
    with served(Impatient) as address, socket.create_connection(address, timeout=30) as client:
        assert client.recv(1) == b""


def test_a_gauge_that_follows_something_is_set_again_and_again() -> None:
    present, read_often = count(), Event()

    def read() -> float:
        number = next(present)
        if number == 3:
            read_often.set()
        return number

    gauge = Gauge("projectx_test", "Grows with each look.")
    gauge.follow(read)
    try:
        with counting() as counted, served(Scrape):
            assert read_often.wait(60)
    finally:
        metrics.followed.pop(gauge)
    assert counted.of(gauge) >= 3


def test_each_metric_has_a_name_of_its_own() -> None:
    assert len({metric.name for metric in metrics.ALL}) == len(metrics.ALL)


@pytest.mark.parametrize("metric", metrics.ALL, ids=lambda metric: metric.name)
def test_a_metric_has_a_plain_name_with_its_unit(metric: Metric) -> None:
    assert metric.name.startswith("projectx_")
    assert metric.name.endswith("_total") == isinstance(metric, Counter)
    if isinstance(metric, Histogram):
        assert metric.name.endswith("_seconds")
        assert list(metric.buckets) == sorted(metric.buckets)
    if isinstance(metric, Gauge):
        assert not metric.labels
    assert metric.text.endswith(".")
