"""Spans for OpenTelemetry's exporter are below their parents, and kept or dropped by the trace."""

from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from models.tracing import CONTEXT, NewSpan, trace_id
from telemetry_spans import SpanMaker

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.fixture
def ended() -> Any:
    return InMemorySpanExporter()


def maker(ended: Any) -> SpanMaker:
    """Return a maker of spans, by the variables of the environment."""
    return SpanMaker(TracerProvider(), SimpleSpanProcessor(ended))


def test_a_span_is_below_its_parent_or_begins_a_trace(ended: Any) -> None:
    spans = maker(ended)
    below, beside = (spans.start(NewSpan("below", parent=PARENT)) for _ in range(2))
    alone = spans.start(NewSpan("alone"))
    assert (below.parent, trace_id(below.traceparent)) == (PARENT, TRACE)
    assert CONTEXT.fullmatch(alone.traceparent)
    assert alone.parent is None
    assert trace_id(alone.traceparent) not in (TRACE, None)
    assert len({span.traceparent for span in (below, beside, alone)}) == 3
    below.end()
    assert ended.get_finished_spans() == (below,)
    assert below.ended > below.began > 0


def test_a_malformed_context_is_no_parent(ended: Any) -> None:
    span = maker(ended).start(NewSpan("a", parent=f"{PARENT}\n"))
    assert span.parent is None
    assert trace_id(span.traceparent) not in (TRACE, None)


@pytest.mark.parametrize(
    ("name", "value"), [("OTEL_TRACES_SAMPLER", "always_off"), ("OTEL_SDK_DISABLED", "true")]
)
def test_what_is_not_sampled_is_not_sent(
    ended: Any, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    span = maker(ended).start(NewSpan("a", parent=PARENT))
    span.set({"a": 1})
    span.end()
    assert span.traceparent.endswith("-00")
    assert ended.get_finished_spans() == ()


def test_a_ratio_keeps_or_drops_a_trace_as_a_whole(
    ended: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.5")
    spans = maker(ended)
    roots = [spans.start(NewSpan("root")).traceparent for _ in range(100)]
    children = [spans.start(NewSpan("child", parent=root)).traceparent for root in roots]
    assert {root[-2:] for root in roots} == {"00", "01"}
    assert [child[-2:] for child in children] == [root[-2:] for root in roots]
