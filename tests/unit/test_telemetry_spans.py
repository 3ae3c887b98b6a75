"""Spans for OpenTelemetry's exporter are those that its SDK would make of the same things."""

import pytest
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanKind,
    StatusCode,
    set_span_in_context,
)

from models.tracing import CONTEXT, NewSpan, Value, trace_id
from telemetry_spans import ExportedSpan, SpanMaker, span_context

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT, LINK = f"00-{TRACE}-00f067aa0ba902b7-01", f"00-{TRACE}-00f067aa0ba902b8-01"
ATTRIBUTES: dict[str, Value] = {
    "projectx.machine": "order",
    "projectx.source": "",
    "projectx.rows": 3,
}
SINCE = 1_000_000_000


class Exporting:
    """A maker of spans, and the spans that it has exported."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.provider = TracerProvider(resource=Resource.create({"service.name": "projectx-test"}))
        processor = SimpleSpanProcessor(self.exporter)
        self.provider.add_span_processor(processor)
        self.maker = SpanMaker(self.provider, processor)

    def end(self, span: ExportedSpan) -> ReadableSpan:
        span.end()
        return self.exporter.get_finished_spans()[-1]


def encoded(span: ReadableSpan) -> ExportTraceServiceRequest:
    """Return what is sent, without what differs from span to span."""
    request = encode_spans([span])
    (sent,) = request.resource_spans[0].scope_spans[0].spans
    assert sent.span_id, "it has an id of its own"
    assert sent.end_time_unix_nano > sent.start_time_unix_nano == SINCE
    sent.span_id, sent.end_time_unix_nano = b"", 0
    return request


def test_a_span_is_sent_as_the_sdk_would_send_it() -> None:
    exporting = Exporting()
    new = NewSpan("order place", "server", PARENT, [LINK], ATTRIBUTES, SINCE)
    ours = exporting.maker.start(new)
    ours.rename("POST /order")
    ours.set({"http.route": "/order"})
    ours.fail("ZeroDivisionError")
    sent = encoded(exporting.end(ours))
    parent, link = span_context(PARENT), span_context(LINK)
    assert parent is not None
    assert link is not None
    theirs = exporting.provider.get_tracer("projectx").start_span(
        "order place",
        set_span_in_context(NonRecordingSpan(parent)),
        SpanKind.SERVER,
        ATTRIBUTES,
        [Link(link)],
        SINCE,
    )
    theirs.update_name("POST /order")
    theirs.set_attributes({"http.route": "/order", "error.type": "ZeroDivisionError"})
    theirs.set_status(StatusCode.ERROR)
    theirs.end()
    assert sent == encoded(exporting.exporter.get_finished_spans()[-1])


def test_a_span_is_below_its_parent_or_begins_a_trace() -> None:
    exporting = Exporting()
    below = exporting.maker.start(NewSpan("below", parent=PARENT))
    alone = exporting.maker.start(NewSpan("alone"))
    assert trace_id(below.traceparent) == TRACE
    assert CONTEXT.fullmatch(alone.traceparent)
    assert trace_id(alone.traceparent) not in (TRACE, None)
    sent = exporting.end(below)
    assert sent.context is not None
    assert sent.parent == span_context(PARENT)
    assert below.traceparent == f"00-{TRACE}-{sent.context.span_id:016x}-01"
    assert exporting.end(alone).parent is None


def test_a_malformed_context_is_none() -> None:
    exporting = Exporting()
    span = exporting.maker.start(NewSpan("a", parent="garbage", links=["garbage", None, LINK]))
    sent = exporting.end(span)
    assert (sent.parent, [link.context for link in sent.links]) == (None, [span_context(LINK)])


@pytest.mark.parametrize(
    ("name", "value"), [("OTEL_TRACES_SAMPLER", "always_off"), ("OTEL_SDK_DISABLED", "true")]
)
def test_what_is_not_sampled_is_not_sent(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    exporting = Exporting()
    span = exporting.maker.start(NewSpan("a", parent=PARENT))
    span.set(ATTRIBUTES)
    span.end()
    assert span.traceparent.endswith("-00")
    assert exporting.exporter.get_finished_spans() == ()


def test_a_ratio_keeps_or_drops_a_trace_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.5")
    maker = Exporting().maker
    roots = [maker.start(NewSpan("root")).traceparent for _ in range(100)]
    children = [maker.start(NewSpan("child", parent=root)).traceparent for root in roots]
    assert {root[-2:] for root in roots} == {"00", "01"}
    assert [child[-2:] for child in children] == [root[-2:] for root in roots]
