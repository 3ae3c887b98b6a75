"""A bad setting ends a program with a sentence that names the variable."""

import os
import sys

import pytest

from launch.children import run
from launch.processes import CELERY, count_web_workers
from launch.stack import ROOT
from tests.support import python

PROGRAMS = {
    "make run": ("launch",),
    "flask": ("flask", "--app", "wsgi", "routes"),
    "config check": ("flask", "--app", "preflight", "config", "check"),
    "web": ("gunicorn", "wsgi:order", "--bind", "127.0.0.1:0"),
    "worker": (*CELERY[2:], "tasks", "worker"),
    "beat": (*CELERY[2:], "tasks.celery_app", "beat"),
    "flower": (*CELERY[2:], "tasks.celery_app", "flower"),
    "events": ("events",),
    "exporter": ("exporter",),
    "heartbeats": ("heartbeats", "beat"),
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_bad_setting_is_named_without_a_traceback(program: tuple[str, ...]) -> None:
    variables = {"WEB_PORT": "abc", "POLL_AGES": "300,0", "REDIS_URL": "topsecret"}
    done = python.run("-m", *program, env=os.environ | variables)
    assert done.returncode == 1
    output = done.stdout + done.stderr
    assert all(f"{name}: " in output for name in variables)
    assert "Traceback" not in output
    assert "topsecret" not in output


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_file_in_place_of_the_folder_of_secrets_is_named(program: tuple[str, ...]) -> None:
    variables = os.environ | {"PROJECTX_SECRETS": __file__}
    done = python.run("-m", *program, env=variables)
    assert done.returncode == 1
    assert "PROJECTX_SECRETS must be a folder\n" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [("JWT_PRIVATE_KEY", "", "JWT_PRIVATE_KEY is not set: the auth service signs with it"),
     ("SHIPPING_COSTS", "xxx:5", "SHIPPING_COSTS: 'xxx:5': 'xxx' is not a currency")],
)  # fmt: skip
@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_service_that_cannot_begin_says_why(
    name: str, value: str, sentence: str, log_format: str
) -> None:
    variables = os.environ | {name: value, "LOG_FORMAT": log_format}
    done = python.run("-m", "gunicorn", "wsgi:auth", "--bind", "127.0.0.1:0", env=variables)
    assert done.returncode != 0
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5", "1000000000", "9" * 5000])
def test_the_number_of_web_workers_is_a_whole_number(text: str) -> None:
    with pytest.raises(RuntimeError, match="WEB_WORKERS must be a whole number"):
        count_web_workers({"WEB_WORKERS": text})


def test_seed_demo_is_on_or_off() -> None:
    command = [sys.executable, "-m", "launch"]
    variables = os.environ | {"SEED_DEMO": "yes"}
    done = run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (1, "projectx: SEED_DEMO must be 1 or 0, not 'yes'\n")
