"""Tests of the supervisor: it restarts dead processes, and ends those of a killed run."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from io import TextIOWrapper
from pathlib import Path

import psutil
import pytest

from launch.children import Child, end_group
from launch.forks import Forks
from launch.processes import PYTHON
from launch.stale_processes import StaleProcesses
from launch.supervisor import MAX_ENDS, Supervisor
from launch.waiting import has_ended, until
from tests.support.stopped import stop

SLEEPER = [sys.executable, "-c", "import signal; signal.pause()"]

FORKED = [*PYTHON, "tests.launch.forked", "wait"]
WRITER = """
import pathlib, signal, sys
print("a line", flush=True)
pathlib.Path(sys.argv[1]).touch()
signal.pause()
"""


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    made = Supervisor({}, show=False)
    yield made
    made.stop()


@pytest.fixture
def stale_process() -> Iterator[psutil.Process]:
    process = Child(SLEEPER)
    yield psutil.Process(process.pid)
    end_group(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture
def forking(tmp_path: Path) -> Iterator[Supervisor]:
    """Yield a supervisor of one forked process; files of the test's folder hide modules."""
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    made = Supervisor(environment, show=False, forks=Forks(environment, modules=()))
    made.start("worker", FORKED)
    yield made
    made.stop()


def fork_server(supervisor: Supervisor) -> psutil.Process:
    server = psutil.Process(supervisor.pid("worker")).parent()
    assert server is not None
    return server


def dies_and_returns(supervisor: Supervisor, name: str) -> None:
    before = supervisor.pid(name)
    supervisor.kill(name)
    until(lambda: supervisor.pid(name) != before, f"the return of {name}")


def test_a_process_runs_although_its_start_cannot_be_recorded(supervisor: Supervisor) -> None:
    def full() -> None:
        raise OSError("no space left on the disk")

    supervisor.on_change = full
    supervisor.start("sleeper", SLEEPER)
    for _ in range(2):
        dies_and_returns(supervisor, "sleeper")


def test_a_stable_process_that_ends_repeatedly_stops_no_other() -> None:
    supervisor = Supervisor({}, show=False, stable_after=0, pause=0.01)
    try:
        for name in ("worker", "web"):
            supervisor.start(name, SLEEPER)
        web = supervisor.pid("web")
        for _ in range(MAX_ENDS + 2):
            dies_and_returns(supervisor, "worker")
        assert (supervisor.given_up, supervisor.pid("web")) == (None, web)
    finally:
        supervisor.stop()


def test_a_process_that_never_starts_is_given_up(supervisor: Supervisor) -> None:
    supervisor.start("worker", ["/bin/false"])
    until(lambda: supervisor.given_up == "worker", "the end of its tries")


def test_a_process_that_cannot_be_started_again_is_given_up(
    forking: Supervisor, tmp_path: Path
) -> None:
    # From now on no fork server can start: its code was changed.
    (tmp_path / "setproctitle.py").write_text("raise ImportError")
    fork_server(forking).kill()
    until(lambda: forking.given_up == "worker", "the end of its tries")


def test_a_stopped_fork_server_does_not_hold_the_end(forking: Supervisor) -> None:
    process = psutil.Process(forking.pid("worker"))
    stop(fork_server(forking))
    forking.stop(timeout=0.1)
    until(lambda: has_ended(process), "the end of the process")


def test_output_that_cannot_be_shown_ends_no_process(tmp_path: Path) -> None:
    written = tmp_path / "written"
    with Path("/dev/full").open("wb", buffering=0) as full:
        with redirect_stdout(TextIOWrapper(full)):
            supervisor = Supervisor({}, show=True)
        try:
            supervisor.start("writer", [sys.executable, "-c", WRITER, str(written)])
            until(written.exists, "the output of the process")
            dies_and_returns(supervisor, "writer")
        finally:
            supervisor.stop()


def test_followers_of_ended_processes_are_removed(supervisor: Supervisor) -> None:
    supervisor.start("sleeper", SLEEPER)
    for _ in range(3):
        dies_and_returns(supervisor, "sleeper")
    # The last one may still be on its way out.
    assert len(supervisor._followers) <= 2


def test_observing_one_process_while_another_starts_does_not_deadlock(
    supervisor: Supervisor,
) -> None:
    lock = threading.Lock()

    def look() -> None:
        with lock:
            supervisor.pids()

    supervisor.on_change = look
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: supervisor.start(str(number), SLEEPER), range(8)))
    supervisor.kill("0")
    assert len(supervisor.pids()) == 8


def test_recorded_processes_are_ended_once(stale_process: psutil.Process, tmp_path: Path) -> None:
    path = tmp_path / "processes.json"
    StaleProcesses(path).record(lambda: {"sleeper": stale_process.pid})
    assert StaleProcesses(path).end()
    assert has_ended(stale_process)
    assert not StaleProcesses(path).end()


def test_a_pid_that_was_reused_is_left_alone(stale_process: psutil.Process, tmp_path: Path) -> None:
    path = tmp_path / "processes.json"
    path.write_text(f'{{"sleeper": [{stale_process.pid}, {stale_process.create_time() - 60}]}}')
    assert StaleProcesses(path).end()
    assert not has_ended(stale_process)


@pytest.mark.parametrize("text", ["", '{"web": [1', "[]", '{"web": 1}', '{"web": [null, 1]}', "7"])
def test_a_damaged_record_is_ignored_with_a_warning(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "processes.json"
    path.write_text(text)
    assert StaleProcesses(path).end()
    assert "damaged" in capsys.readouterr().err
    assert not path.exists()


def test_simultaneous_records_are_complete(stale_process: psutil.Process, tmp_path: Path) -> None:
    stale = StaleProcesses(tmp_path / "processes.json")
    with ThreadPoolExecutor(8) as pool:
        for noted in [
            pool.submit(stale.record, lambda: {"sleeper": stale_process.pid}) for _ in range(40)
        ]:
            noted.result()
    assert stale.end()
    assert has_ended(stale_process)
    assert list(tmp_path.iterdir()) == []
