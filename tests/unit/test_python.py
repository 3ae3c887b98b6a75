"""A short Python program of a test is a process like one that `python` starts."""

import subprocess
from pathlib import Path

import psutil
import pytest

from launch.stack import ROOT
from launch.waiting import until
from tests.support import python

pytestmark = pytest.mark.slow

SHOW = f"""
import os, sys
print(sys.argv[1:], __name__, os.getcwd(), sorted(os.environ))
print(sys.path[0] == os.getcwd(), {str(ROOT)!r} in sys.path)
"""
PROJECT = """
import sys
from pathlib import Path
root = Path.cwd()
files = {getattr(module, "__file__", None) for module in sys.modules.values()}
ours = {Path(file).relative_to(root).parts[0] for file in files
        if file and Path(file).is_relative_to(root) and ".venv" not in file}
print(sorted(ours))
"""
ENDED = [
    ("print('out')", 0, "out\n", ""),
    ("import sys; sys.exit('a sentence')", 1, "", "a sentence\n"),
    ("import sys; sys.exit(3)", 3, "", ""),
    ("import os; os.kill(os.getpid(), 9)", -9, "", ""),
    ("import atexit; atexit.register(print, 'last'); print('first')", 0, "first\nlast\n", ""),
]


@pytest.mark.parametrize(("program", "status", "output", "errors"), ENDED)
def test_the_status_and_the_output_are_its_own(
    program: str, status: int, output: str, errors: str
) -> None:
    done = python.run("-c", program)
    assert (done.returncode, done.stdout, done.stderr) == (status, output, errors)


def test_its_arguments_folder_and_environment_are_those_that_are_given(tmp_path: Path) -> None:
    done = python.run("-c", SHOW, "a b", env={"ONLY": "1"}, cwd=tmp_path)
    assert done.stdout == f"['a b'] __main__ {tmp_path} ['ONLY']\nTrue False\n"


def test_it_imports_the_project_for_itself() -> None:
    done = python.run("-c", PROJECT)
    assert done.stdout == "['launch', 'tests']\n", "neither reads a setting"


def test_it_leads_a_group_that_ends_with_it() -> None:
    begun = "import os; print(os.getpid() == os.getpgid(0)); "
    left = "print(os.spawnlp(os.P_NOWAIT, 'sleep', 'sleep', '600'))"
    leads, pid = python.run("-c", begun + left).stdout.split()
    assert leads == "True"
    until(lambda: not psutil.pid_exists(int(pid)), "the end of what it has left")


def test_a_process_runs_until_a_signal_ends_it() -> None:
    process = python.Process("-c", "import signal; signal.pause()")
    assert process.poll() is None
    process.terminate()
    assert (process.wait(), process.poll()) == (-15, -15)


def test_a_module_is_a_program() -> None:
    done = python.run("-m", "flask", "--sideways")
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: python -m flask ")


def test_what_failed_or_took_too_long_is_an_error() -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        python.run("-c", "raise ValueError('a reason')", check=True)
    assert failed.value.stderr.splitlines()[-1] == "ValueError: a reason"
    with pytest.raises(subprocess.TimeoutExpired):
        python.run("-c", "import signal; signal.pause()", timeout=0.1)
