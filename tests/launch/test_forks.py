"""Tests of the fork server: its processes are like others, and end with it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import psutil
import pytest

from launch.children import Child
from launch.forks import Fork, Forks
from launch.waiting import has_ended, until
from tests.support.stopped import stop

FORKED = "tests.launch.forked"


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    made = Forks({**os.environ, "WORD": "ours"}, modules=())
    yield made
    made.close()


@contextmanager
def waiting(forks: Forks) -> Iterator[tuple[Fork, psutil.Process]]:
    """Start a process with a child, and return both."""
    fork = forks.start([FORKED, "wait with a child"])
    assert fork.stdout is not None
    with fork.stdout as lines:
        yield fork, psutil.Process(int(lines.readline()))


def server(pid: int) -> psutil.Process:
    process = psutil.Process(pid).parent()
    assert process is not None
    return process


def test_a_program_has_its_arguments_the_environment_and_an_exit_status(forks: Forks) -> None:
    done = forks.run([FORKED, "two words", "ü"])
    shown = json.loads(done.stdout)
    assert shown == {"arguments": ["two words", "ü"], "word": "ours", "files": []}
    assert (done.returncode, done.stderr) == (3, "an error\n")


def test_its_name_is_its_command(forks: Forks) -> None:
    fork = forks.start([FORKED, "wait"])
    assert fork.stdout is not None
    with fork.stdout as lines:
        pid = int(lines.readline())
        assert pid == fork.pid
        assert " ".join(psutil.Process(pid).cmdline()).strip() == f"python -m {FORKED} wait"
    os.kill(pid, signal.SIGKILL)
    assert fork.wait() == -signal.SIGKILL


def test_its_group_ends_with_it(forks: Forks) -> None:
    with waiting(forks) as (fork, child):
        with pytest.raises(subprocess.TimeoutExpired):
            fork.wait(0.01)
        os.kill(fork.pid, signal.SIGTERM)
        assert fork.wait() == -signal.SIGTERM
        until(lambda: has_ended(child), "the end of the child")


def test_what_cannot_be_imported_is_shown_by_the_program_that_needs_it() -> None:
    forks = Forks({**os.environ, "DATABASE_POOL": "many"})
    try:
        done = forks.run(["launch.prepare"])
    finally:
        forks.close()
    assert done.returncode == 1
    assert "DATABASE_POOL" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_processes_end_with_their_server_and_the_next_start_begins_another(
    forks: Forks, number: signal.Signals
) -> None:
    with waiting(forks) as (fork, child):
        server(fork.pid).send_signal(number)
        assert fork.wait() == -signal.SIGKILL
        until(lambda: has_ended(child), "the end of the child")
        assert forks.run([FORKED, "again"]).returncode == 3


def test_all_processes_end_when_the_server_is_closed() -> None:
    forks = Forks(os.environ, modules=())
    with waiting(forks) as (fork, child):
        forks.close()
        assert fork.wait() == -signal.SIGKILL
        until(lambda: has_ended(child), "the end of the child")


def test_a_stopped_server_is_replaced_when_a_process_is_asked_for() -> None:
    with (
        closing(Forks(os.environ, modules=(), patience=0.5)) as forks,
        waiting(forks) as (fork, child),
    ):
        stop(server(fork.pid))
        assert forks.run([FORKED, "again"]).returncode == 3
        assert fork.wait() == -signal.SIGKILL
        until(lambda: has_ended(child), "the end of the child")


def test_a_start_that_waits_for_a_stopped_server_ends_when_it_is_closed() -> None:
    forks = Forks(os.environ, modules=())
    with ThreadPoolExecutor() as pool, waiting(forks) as (fork, child):
        stop(server(fork.pid))
        starting = pool.submit(forks.start, [FORKED, "wait"])
        forks.close()
        with pytest.raises(RuntimeError):
            starting.result()
        assert fork.wait() == -signal.SIGKILL
        until(lambda: has_ended(child), "the end of the child")


def test_nothing_starts_after_the_end() -> None:
    forks = Forks(os.environ, modules=())
    forks.close()
    with pytest.raises(RuntimeError, match="closed"):
        forks.start([FORKED, "wait"])


def test_arguments_that_are_too_long_stop_no_process(forks: Forks) -> None:
    with waiting(forks) as (fork, _):
        assert forks.run([FORKED, "x" * 100_000]).returncode == 3
        with pytest.raises(OSError, match="too long"):
            forks.run([FORKED, "x" * 1_000_000])
        with pytest.raises(subprocess.TimeoutExpired):
            fork.wait(0.01)
        os.kill(fork.pid, signal.SIGKILL)
        fork.wait()


def test_no_thread_lives_where_processes_are_forked() -> None:
    # A fork copies one thread, and the locks of all.
    settings = {"METRICS": "1", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    with closing(Forks({**os.environ, **settings})) as forks, waiting(forks) as (fork, _):
        assert server(fork.pid).num_threads() == 1


def test_processes_end_with_the_launcher_although_their_guardian_was_killed() -> None:
    launcher = Child([sys.executable, "-m", "tests.launch.forking"], stdout=subprocess.PIPE)
    assert launcher.stdout is not None
    with launcher:
        fork = psutil.Process(int(launcher.stdout.readline()))
        above = server(fork.pid)
        next(each for each in above.children() if each.name() == "sh").kill()
        launcher.kill()
    until(lambda: has_ended(above) and has_ended(fork), "the end of both")
