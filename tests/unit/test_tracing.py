"""Contexts of traces: what is accepted, what is refused, and what is not loaded without traces."""

import os
import sys

import pytest

from launch.children import run
from models import tracing
from models.tracing import NewSpan
from tests.support.recorder import recording

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GOOD = f"00-{TRACE}-{SPAN}-01"
# A process that serves and a worker load these modules; then it makes a span.
PROGRAM = """
import sys, telemetry
from models import tracing
from models.tracing import NewSpan
telemetry.start("web")
with tracing.span(NewSpan("GET /", "server")) as span:
    assert (span is None) == (not tracing.is_on()), span
print(any(name.startswith("opentelemetry") for name in sys.modules))
"""


def test_a_context_of_a_client_is_accepted_but_not_its_sampling() -> None:
    assert tracing.accept(GOOD) == GOOD
    assert tracing.accept(GOOD[:-2] + "00") == GOOD


@pytest.mark.parametrize(
    "header",
    [
        *(None, "", "garbage", GOOD.upper(), f" {GOOD}", f"{GOOD}\n", f"{GOOD}-x", GOOD[:-1]),
        *(f"01{GOOD[2:]}", f"ff{GOOD[2:]}", GOOD.replace(TRACE, "0" * 32)),
        GOOD.replace(SPAN, "0" * 16),
    ],
)
def test_anything_else_is_no_context(header: str | None) -> None:
    assert tracing.accept(header) is None
    assert tracing.trace_id(header) is None


def test_a_trace_that_was_not_sampled_has_no_link() -> None:
    assert tracing.trace_id(GOOD) == TRACE
    assert tracing.trace_id(GOOD[:-2] + "00") is None


def test_without_a_tracer_no_object_is_made() -> None:
    spans = {id(tracing.span(NewSpan("a"))), id(tracing.span(NewSpan("b")))}
    others = {id(tracing.continued(GOOD)), id(tracing.from_outside()), id(tracing.OFF)}
    assert len(spans | others) == 1
    with tracing.span(NewSpan("a")) as span, tracing.continued(GOOD):
        assert (span, tracing.current(), tracing.started_at()) == (None, None, None)


def test_a_span_is_below_the_one_under_way_and_has_an_end() -> None:
    with (
        recording() as tracer,
        pytest.raises(ZeroDivisionError),
        tracing.span(NewSpan("outer")),
        tracing.span(NewSpan("inner")),
    ):
        raise ZeroDivisionError
    first, second = tracer.spans
    assert (second.new.parent, second.error) == (first.traceparent, "ZeroDivisionError")
    assert (first.ended, second.ended) == (True, True)
    assert tracing.current() is None


@pytest.mark.slow
@pytest.mark.parametrize(("endpoint", "loaded"), [("", "False"), ("http://127.0.0.1:9", "True")])
def test_opentelemetry_is_loaded_only_with_a_collector(endpoint: str, loaded: str) -> None:
    environment = os.environ | {
        "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
        # The process ends at once, whether or not a collector answers.
        "OTEL_EXPORTER_OTLP_TIMEOUT": "1",
    }
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM]
    done = run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == loaded


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value"), [("OTEL_BSP_MAX_QUEUE_SIZE", "1"), ("OTEL_SPAN_LINK_COUNT_LIMIT", "-1")]
)
def test_a_bad_variable_of_opentelemetry_stops_no_process(name: str, value: str) -> None:
    environment = os.environ | {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", name: value}
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM]
    done = run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
    assert name in done.stderr or "there are no traces" in done.stderr
