"""Tests of child processes: they end with their parent, however it ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from demo.stories import STORIES
from launch.children import Child, run
from launch.waiting import has_ended, until
from tests.support.system import OWN

HOUSEHOLD = [sys.executable, "-m", "tests.launch.household"]
PYTEST = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "2", "--dist", "load"]
DEMO = [sys.executable, "-m", "demo"]
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)


@pytest.fixture
def environment() -> dict[str, str]:
    """Return the environment of a separate shell, not of a process of pytest."""
    ours = ("PYTEST_", "MAKE")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


@pytest.fixture(autouse=True)
def _heed_signals() -> Iterator[None]:
    """Undo what a shell does to commands in the background: children would ignore SIGINT, too."""
    ignored = [how for how in ENDS[:3] if signal.getsignal(how) == signal.SIG_IGN]
    for how in ignored:
        signal.signal(how, signal.SIG_DFL)
    yield
    for how in ignored:
        signal.signal(how, signal.SIG_IGN)


def begin(command: list[str], environment: dict[str, str]) -> Child:
    return Child(command, env=environment, stdout=subprocess.PIPE, text=True)


def wait_for_line(parent: Child, start: str) -> str:
    assert parent.stdout is not None
    lines = (str(line) for line in parent.stdout)
    return next(line for line in lines if line.startswith(start)).removeprefix(start)


def family(parent: psutil.Process) -> list[psutil.Process]:
    return parent.children(recursive=True)


def end(parent: Child, how: signal.Signals) -> list[psutil.Process]:
    """End the process itself, and no other; those that it had started must go too."""
    started = family(psutil.Process(parent.pid))
    os.kill(parent.pid, how)
    until(lambda: all(map(has_ended, started)), f"the end of {started}", seconds=60)
    parent.communicate()
    return started


@pytest.mark.parametrize("how", ENDS, ids=lambda how: how.name)
def test_servers_end_with_their_starter_however_it_ends(
    how: signal.Signals, environment: dict[str, str]
) -> None:
    parent = begin(HOUSEHOLD, environment)
    folder = Path(wait_for_line(parent, "ready ").strip())
    # PostgreSQL, Redis, a fork, a supervised process, one that heeds no signal, the guardian.
    assert len(end(parent, how)) > 6
    assert not folder.exists()


def test_a_whole_system_ends_when_its_starter_is_killed(environment: dict[str, str]) -> None:
    parent = begin(DEMO, environment | OWN)
    # The first story has begun: everything runs.
    wait_for_line(parent, STORIES[0][0])
    started = family(psutil.Process(parent.pid))
    commands = " ".join(word for process in started for word in process.cmdline())
    assert all(name in commands for name in ("postgres", "redis", "gunicorn", "celery", "sandbox"))
    end(parent, signal.SIGKILL)


def test_all_processes_of_pytest_end_when_it_is_killed(
    environment: dict[str, str], tmp_path: Path
) -> None:
    parent = begin([*PYTEST, "tests/launch/endless.py"], environment | {"READY": str(tmp_path)})
    until(lambda: len(list(tmp_path.iterdir())) == 2, "both tests", seconds=120)
    assert len(end(parent, signal.SIGKILL)) > 8


def test_what_make_started_ends_when_make_is_killed(environment: dict[str, str]) -> None:
    make = ["/bin/sh", "-c", '"$@"; exit', "make", *HOUSEHOLD]
    parent = begin(make, environment | {"MAKELEVEL": "1"})
    wait_for_line(parent, "ready ")
    end(parent, signal.SIGKILL)


def test_a_group_ends_with_its_first_process() -> None:
    parent = Child(["/bin/sh", "-c", "sleep 1000 & echo $!"], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent:
        behind = psutil.Process(int(parent.stdout.readline()))
    until(lambda: has_ended(behind), "the end of the one left behind")


def test_a_command_that_takes_too_long_is_ended() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        run(["sleep", "1000"], timeout=0.1)


def test_a_command_s_output_and_status_are_returned() -> None:
    command = ["/bin/sh", "-c", "echo out; echo err >&2; cat; exit 3"]
    done = run(command, capture_output=True, text=True)
    assert (done.stdout, done.stderr, done.returncode) == ("out\n", "err\n", 3)
    with pytest.raises(subprocess.CalledProcessError) as failed:
        run(command, capture_output=True, check=True)
    assert failed.value.__notes__ == ["out\n", "err\n"]
