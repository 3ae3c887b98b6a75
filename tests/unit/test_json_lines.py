"""Lines of the log as JSON: their fields, and what they never hold."""

import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest

from json_lines import FIELDS, HIDDEN, JsonLines
from models import logs, tracing
from models.logs import SafeRecord
from models.tracing import NewSpan
from tests.support.recorder import recording
from web.security_events import SecurityEvent, event_of

PAGE = Path(__file__).parents[2] / "docs/reference/logs.md"


def line_of(message: str, *arguments: object, **extra: Any) -> dict[str, Any]:
    record = SafeRecord("web.x", logging.WARNING, "x.py", 1, message, arguments, None)
    record.__dict__ |= extra
    text = JsonLines("web").format(record)
    assert "\n" not in text
    line: dict[str, Any] = json.loads(text)
    return line


def test_a_line_has_its_context_and_its_own_fields() -> None:
    with recording(), tracing.span(NewSpan("a")) as span, logs.bound(request="r-1"):
        line = line_of("%d rows", 3, **{FIELDS: {"event": "sign_in"}})
    assert span is not None
    assert (line["message"], line["level"], line["part"]) == ("3 rows", "warning", "web")
    assert (line["request"], line["event"]) == ("r-1", "sign_in")
    assert f"-{line['trace']}-{line['span']}-" in span.traceparent
    assert "request" not in line_of("later")


def test_bound_fields_nest() -> None:
    with logs.bound(activity="a"), logs.bound(execution="e"):
        assert line_of("x").items() >= {"activity": "a", "execution": "e"}.items()


def test_an_error_has_its_traceback_in_the_same_line() -> None:
    error = ValueError("ann@example.com\nis unknown")
    record = logging.LogRecord("other", logging.ERROR, "x.py", 1, "failed", (), None)
    record.exc_info = (ValueError, error, None)
    line = json.loads(JsonLines("worker").format(record))
    assert "ValueError" in line["error"]
    assert "ann" not in line["error"]


@pytest.mark.parametrize(
    "secret",
    [
        *("ann.b+c@shop.example", "sk_live_4eC39HqLyjW", "whsec_abc123", "SG.abc.def-g"),
        *("pi_123_secret_456", "eyJhbGciOi.eyJzdWIi.c2ln", "4242 4242 4242 4242"),
    ],
)
def test_no_line_holds_a_secret_of_a_library_s_message(secret: str) -> None:
    line = line_of(f"refused: {secret}, again")
    assert line["message"] == f"refused: {HIDDEN}, again"
    assert line_of(f"Authorization: Bearer {secret}")["message"].count(secret) == 0


def test_ids_stay_readable() -> None:
    text = "order 01a22329-678c-798d-bf22-4964376d2138 at 2026-11-28 17:10:20.123456, 1234 ms"
    assert line_of(text)["message"] == text


@pytest.mark.parametrize(
    ("route", "status", "event"),
    [
        ("POST /auth/verify-code", 200, "sign_in"),
        ("POST /auth/verify-code", 401, "sign_in_failed"),
        ("POST /auth/verify-code", 410, "sign_in_failed"),
        ("POST /auth/verify-code", 429, "lockout"),
        ("POST /auth/verify-code", 422, None),
        ("POST /auth/step-up", 401, "step_up_failed"),
        ("POST /auth/refresh", 401, "session_refused"),
        ("POST /auth/refresh", 429, None),
        ("GET /admin/users", 403, "denied"),
        ("GET /order", 401, None),
    ],
)
def test_an_answer_is_an_event(route: str, status: int, event: str | None) -> None:
    assert event_of(route, status) == event


def test_the_page_lists_every_event() -> None:
    cells = re.findall(r"^\| (`.*?) \|", PAGE.read_text(), re.MULTILINE)
    listed = re.findall(r"`(\w+)`", "".join(cells))
    assert {event.value for event in SecurityEvent} <= set(listed)
