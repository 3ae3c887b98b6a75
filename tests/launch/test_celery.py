"""Celery's commands start without its command line, and workers with their queues."""

import sys
from pathlib import Path

import pytest

import celeryconfig
from launch import ports
from launch.children import run
from launch.processes import CELERY, commands
from launch.stack import ROOT

# Prints which of the modules are loaded that only other commands need.
PROGRAM = """
import contextlib, sys
from tasks import run
sys.argv[1:] = ["-A", "tasks", "worker", "--help"]
with contextlib.suppress(SystemExit):
    run.main()
print(sorted(sys.modules.keys() & {"celery.bin.worker", "flower", "click_repl", "prompt_toolkit"}))
"""


def test_a_worker_loads_no_other_command() -> None:
    done = run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "--without-gossip" in done.stdout
    assert done.stdout.splitlines()[-1] == "['celery.bin.worker']"


@pytest.mark.parametrize(
    "words", [(), ("tasks",), ("tasks", "shell"), ("tasks", "worker", "--sideways")]
)
def test_a_command_that_is_none_is_refused(words: tuple[str, ...]) -> None:
    done = run([*CELERY, *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0
    assert "usage" in done.stderr.lower()
    assert "Traceback" not in done.stderr


def test_each_provider_and_the_sweep_have_their_own_workers(tmp_path: Path) -> None:
    environment = dict.fromkeys(ports.DEFAULTS, "0")
    started = commands(environment, tmp_path, sandbox=False)
    queues = {
        name: set(command[command.index("-Q") + 1].split(","))
        for name, command in started.items()
        if "-Q" in command
    }
    assert queues == {
        "worker-1": {"payments", "sweep"},
        "worker-2": {"emails", "sweep"},
        "sweeper": {"sweep", "maintenance"},
    }
    assert {queue.name for queue in celeryconfig.task_queues} == set().union(*queues.values())
