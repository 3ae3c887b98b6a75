"""`make run` ends in order, whatever it can write and however often Ctrl-C is pressed."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from launch.children import Child, run
from launch.foreground import check_settings
from launch.ports import assign_free_ports
from launch.stack import ROOT
from launch.unprivileged_user import temporary_folder
from launch.waiting import has_ended, until
from tests.support.system import OWN

RUNNING = [sys.executable, "-m", "tests.launch.running"]


def environment(folder: Path, **variables: str) -> dict[str, str]:
    ours = {"PROGRAM": "launch", "DATA_FOLDER": str(folder), "FRONTEND": "off"}
    ours |= OWN
    return os.environ | ours | assign_free_ports() | variables


def is_up(port: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def is_in_order(errors: str) -> bool:
    """Return whether a program has said no more than that it has not built the pages."""
    return errors.startswith("projectx: FRONTEND=off: ") and errors.count("\n") == 1


@contextmanager
def started(variables: dict[str, str], **options: Any) -> Iterator[Child]:
    with Child(RUNNING, cwd=ROOT, env=variables, **options) as system:
        try:
            yield system
        finally:
            system.kill()


@pytest.mark.slow
@pytest.mark.parametrize("presses", [1, 2])
def test_without_an_output_it_runs_and_ends_in_order(presses: int) -> None:
    with (
        temporary_folder() as folder,
        Path("/dev/full").open("w") as full,
        (folder / "errors").open("w+") as errors,
    ):
        variables = environment(folder)
        with started(variables, stdout=full, stderr=errors) as system:
            until(lambda: is_up(variables["WEB_PORT"]), "the start", seconds=180)
            parts = psutil.Process(system.pid).children(recursive=True)
            if presses == 2:
                # It does not end by itself.
                _find(parts, "sandbox --port").suspend()
            web = _find(parts, "gunicorn: master")
            system.send_signal(signal.SIGINT)
            until(lambda: has_ended(web), "the end of the web processes")
            if presses == 2:
                system.send_signal(signal.SIGINT)
            assert system.wait(120) == (0 if presses == 1 else 130)
        until(lambda: all(map(has_ended, parts)), "the end of all parts")
        errors.seek(0)
        assert is_in_order(errors.read())


def _find(processes: list[psutil.Process], words: str) -> psutil.Process:
    return next(each for each in processes if words in " ".join(each.cmdline()))


def test_ctrl_c_before_the_start_leaves_no_traceback(tmp_path: Path) -> None:
    variables = environment(tmp_path, PYTHONVERBOSE="1")
    with started(variables, stderr=subprocess.PIPE, text=True) as system:
        assert system.stderr is not None
        lines = iter(system.stderr)
        # It imports what it needs.
        assert any("import 'pydantic'" in line for line in lines)
        system.send_signal(signal.SIGINT)
        assert not any("Traceback" in line for line in lines)
        assert system.wait(60) == -signal.SIGINT


@pytest.mark.slow
def test_ctrl_c_ends_the_demo_without_a_traceback(tmp_path: Path) -> None:
    variables = environment(tmp_path, PROGRAM="demo")
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with started(variables, text=True, **pipes) as system:
        assert system.stdout is not None
        assert "demo: starting the system on free ports\n" in iter(system.stdout)
        system.send_signal(signal.SIGINT)
        _, errors = system.communicate(timeout=120)
        assert system.returncode == 130
        assert is_in_order(errors)


@pytest.mark.parametrize("folder", ["/dev/null/data", "/proc/data"])
def test_a_folder_that_cannot_be_written_is_named(folder: str) -> None:
    variables = environment(Path(folder))
    done = run(RUNNING, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert done.stderr.startswith("projectx: [Errno ")
    assert folder in done.stderr
    assert "Traceback" not in done.stderr


def test_numbers_of_settings_have_one_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    spellings = {"WEB_PORT": " 8080 ", "ORDER_PORT": "8_082", "DATABASE_POOL": "5.0"}
    for name, text in spellings.items():
        monkeypatch.setenv(name, text)
    check_settings()
    assert [os.environ[name] for name in spellings] == ["8080", "8082", "5"]


@pytest.mark.parametrize(
    ("user", "password"), [("a:b", "c"), ("a,b", "c"), ("operator", "secret,longer")]
)
def test_a_login_that_flower_would_read_apart_is_refused(user: str, password: str) -> None:
    from launch.processes import flower_login

    with pytest.raises(RuntimeError, match="FLOWER_PASSWORD"):
        flower_login({"FLOWER_USER": user, "FLOWER_PASSWORD": password})


def test_characters_that_the_terminal_does_not_have_are_escaped() -> None:
    text = "from launch.output import *; escape_unknown(); say('caf\\xe9')"
    command = [sys.executable, "-c", text]
    variables = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = run(command, cwd=ROOT, env=variables, capture_output=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, b"caf\\xe9\n")
