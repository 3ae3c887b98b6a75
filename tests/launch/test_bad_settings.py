"""A bad setting ends a program with a sentence that names the variable."""

import os
import sys

import pytest

from launch.children import run
from launch.processes import count_web_workers
from launch.stack import ROOT

PROGRAMS = {"make run": ("launch",), "flask": ("flask", "--app", "wsgi", "routes")}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_bad_setting_is_named_without_a_traceback(program: tuple[str, ...]) -> None:
    variables = {"WEB_PORT": "abc", "POLL_AGES": "300,0", "REDIS_URL": "topsecret"}
    command = [sys.executable, "-m", *program]
    done = run(
        command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1
    assert all(f"{name}: " in done.stderr for name in variables)
    assert "Traceback" not in done.stderr
    assert "topsecret" not in done.stderr


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5", "1000000000", "9" * 5000])
def test_the_number_of_web_workers_is_a_whole_number(text: str) -> None:
    with pytest.raises(RuntimeError, match="WEB_WORKERS must be a whole number"):
        count_web_workers({"WEB_WORKERS": text})


def test_seed_demo_is_on_or_off() -> None:
    command = [sys.executable, "-m", "launch"]
    variables = os.environ | {"SEED_DEMO": "yes"}
    done = run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (1, "projectx: SEED_DEMO must be 1 or 0, not 'yes'\n")
