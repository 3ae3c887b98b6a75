"""Errors that processes log are reported, without private texts and values."""

import os

import pytest

from tests.support import python
from tests.support.error_receiver import error_receiver

pytestmark = pytest.mark.slow

PRIVATE = ("ann@example.com", "sk_test_12345678", "Springfield", "4242 4242 4242 4242")
PROGRAM = f"""
import logging, sys
import error_reports
from models import logs
logs.protect_logs()
error_reports.start("web")
print("sentry_sdk" in sys.modules)
log = logs.logger("web")
def fail(person):
    key = {PRIVATE[1]!r}
    raise ValueError(f"refused {{person}} with {{key}}")
for _ in range(2):
    with logs.bound(request="r1", trace="t1"):
        try:
            fail({PRIVATE[0]!r})
        except ValueError:
            details = {{"body": {PRIVATE[2]!r}}}
            log.exception("order of %s to %s", {PRIVATE[3]!r}, {PRIVATE[0]!r}, extra=details)
log.error("no error was raised")
log.warning("a warning", exc_info=RuntimeError("not an error"))
"""


def test_an_error_is_reported_once_without_what_is_private() -> None:
    with error_receiver() as received:
        environment = os.environ | {"SENTRY_DSN": received.dsn}
        done = python.run("-c", PROGRAM, env=environment, check=True)
    assert done.stdout == "True\n"
    (report,) = received.reports
    assert report["tags"] == {"part": "web", "request": "r1", "trace": "t1"}
    assert (report["level"], report["environment"]) == ("error", "development")
    (error,) = report["exception"]["values"]
    assert (error["type"], error["value"]) == ("ValueError", "refused [hidden] with [hidden]")
    assert [frame["function"] for frame in error["stacktrace"]["frames"]] == ["<module>", "fail"]
    assert report["logentry"]["message"].startswith("order of [hidden] to [hidden]")
    assert [text for text in received.texts for word in PRIVATE if word in text] == []
    assert "vars" not in str(report)


def test_without_the_setting_nothing_is_loaded() -> None:
    environment = os.environ | {"SENTRY_DSN": ""}
    done = python.run("-c", PROGRAM, env=environment, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("dsn", ["k@host/1", "https://host/1", "https://k@host/"])
def test_a_malformed_address_is_a_sentence(dsn: str) -> None:
    environment = os.environ | {"SENTRY_DSN": dsn}
    done = python.run("-m", "flask", "--app", "preflight", "config", "check", env=environment)
    assert done.returncode == 1
    assert "SENTRY_DSN: must be an address such as https://key@errors.example/1" in done.stdout
    assert dsn not in done.stdout + done.stderr
