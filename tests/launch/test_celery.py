"""Celery's commands start without its command line."""

import sys

import pytest

from launch.children import run
from launch.processes import CELERY
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
