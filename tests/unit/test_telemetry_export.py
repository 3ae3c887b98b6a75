"""Spans are encoded and sent as OpenTelemetry's SDK would do it, had it made the same ones."""

from typing import Any, get_args

import pytest
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from launch.ports import free_ports
from models.tracing import Kind, NewSpan, Value
from telemetry_export import SpanExporter, encode
from telemetry_spans import SCOPE, ExportedSpan, SpanMaker
from tests.support.collector import collector

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT, LINK = f"00-{TRACE}-00f067aa0ba902b7-01", f"00-{TRACE}-00f067aa0ba902b8-00"
ATTRIBUTES: dict[str, Value] = {"a.text": "é", "an.empty.one": "", "a.number": 3, "a.fact": True}
SINCE = 1_000_000_000


class SameIds(IdGenerator):
    """Ids that are always the same, for spans of two makers."""

    def generate_span_id(self) -> int:
        return 17

    def generate_trace_id(self) -> int:
        return 2**80


class Makers:
    """A maker of spans beside the SDK's own tracer, both with the same ids, and their exporter."""

    def __init__(self) -> None:
        resource = Resource.create({"service.name": "projectx-test"})
        self.provider = TracerProvider(resource=resource, id_generator=SameIds())
        exporter = InMemorySpanExporter()
        processor = SimpleSpanProcessor(exporter)
        self.provider.add_span_processor(processor)
        self.ours = SpanMaker(self.provider, processor)
        self.theirs = self.provider.get_tracer(SCOPE)
        self.ended: Any = exporter.get_finished_spans

    def encode(self, *spans: ExportedSpan) -> bytes:
        return encode(self.provider.resource.attributes, spans)


def context_of(traceparent: str) -> SpanContext:
    _, trace, span, flags = (int(part, 16) for part in traceparent.split("-"))
    return SpanContext(trace, span, True, TraceFlags(flags))


@pytest.mark.parametrize("parent", [None, PARENT])
@pytest.mark.parametrize("kind", get_args(Kind))
def test_the_bytes_are_those_of_the_sdk(kind: Kind, parent: str | None) -> None:
    makers = Makers()
    ours = makers.ours.start(NewSpan("order", kind, parent, [LINK, PARENT], ATTRIBUTES, SINCE))
    ours.rename("POST /order")
    ours.set({"http.route": "/order"})
    ours.fail("ZeroDivisionError")
    ours.end()
    above = set_span_in_context(NonRecordingSpan(context_of(parent))) if parent else None
    links = [Link(context_of(LINK)), Link(context_of(PARENT))]
    sdk_kind = SpanKind[kind.upper()]
    theirs = makers.theirs.start_span("order", above, sdk_kind, ATTRIBUTES, links, SINCE)
    theirs.update_name("POST /order")
    theirs.set_attributes({"http.route": "/order", "error.type": "ZeroDivisionError"})
    theirs.set_status(StatusCode.ERROR)
    theirs.end(ours.ended)
    exported, sdk_span = makers.ended()
    assert exported is ours
    assert makers.encode(ours) == encode_spans([sdk_span]).SerializeToString()


def test_a_span_that_succeeds_has_no_status() -> None:
    makers = Makers()
    ours = makers.ours.start(NewSpan("order"))
    ours.end()
    theirs = makers.theirs.start_span("order", start_time=ours.began)
    theirs.end(ours.ended)
    assert makers.encode(ours) == encode_spans([makers.ended()[-1]]).SerializeToString()


def test_a_malformed_context_is_no_link_and_no_parent() -> None:
    makers = Makers()
    spans = [
        makers.ours.start(NewSpan("a", parent=parent, links=links, since=SINCE))
        for parent, links in (("garbage", ["garbage", None, LINK]), (None, [LINK]))
    ]
    assert makers.encode(spans[0]) == makers.encode(spans[1])


def test_spans_are_sent_to_a_collector() -> None:
    makers = Makers()
    spans = [makers.ours.start(NewSpan(f"a {kind}", kind)) for kind in get_args(Kind)]
    with collector() as received:
        exporter = SpanExporter(f"{received.url}/v1/traces", makers.provider.resource.attributes)
        assert exporter.export(spans) is SpanExportResult.SUCCESS
        exporter.shutdown()  # type: ignore[no-untyped-call]
    assert [span.name for span in received.spans] == [span.name for span in spans]
    assert {span.service for span in received.spans} == {"projectx-test"}


def test_spans_that_nobody_takes_are_a_failure() -> None:
    (port,) = free_ports(1)
    exporter = SpanExporter(f"http://127.0.0.1:{port}/v1/traces", {}, timeout=0.1)
    assert exporter.export([Makers().ours.start(NewSpan("a"))]) is SpanExportResult.FAILURE
