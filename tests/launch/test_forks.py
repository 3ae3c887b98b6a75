"""Tests of the fork server: its processes are like others, and end with it."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from launch.forks import Fork, Forks
from launch.waiting import has_ended, until

FORKED = "tests.launch.forked"


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    made = Forks({**os.environ, "WORD": "ours"})
    yield made
    made.close()


@contextmanager
def waiting(forks: Forks) -> Iterator[tuple[Fork, psutil.Process]]:
    """Start a process with a child, and return both."""
    fork = forks.start([FORKED, "wait with a child"])
    assert fork.stdout is not None
    with fork.stdout as lines:
        yield fork, psutil.Process(int(lines.readline()))


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
        server = psutil.Process(fork.pid).parent()
        assert server is not None
        server.send_signal(number)
        assert fork.wait() == -signal.SIGKILL
        until(lambda: has_ended(child), "the end of the child")
        assert forks.run([FORKED, "again"]).returncode == 3


def test_all_processes_end_when_the_server_is_closed() -> None:
    forks = Forks(os.environ)
    with waiting(forks) as (fork, child):
        forks.close()
        assert fork.wait() == -signal.SIGKILL
        until(lambda: has_ended(child), "the end of the child")
