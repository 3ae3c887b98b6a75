"""Spans are encoded and sent as OpenTelemetry's SDK would do it, had it made the same ones."""

from collections.abc import Sequence
from threading import Event
from typing import Any, get_args

import pytest
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
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
from telemetry_export import SpanBatches, SpanExporter, encode
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
    """A maker of spans beside the SDK's own tracer, both with the same ids."""

    def __init__(self) -> None:
        resource = Resource.create({"service.name": "projectx-test"})
        self.provider = TracerProvider(resource=resource, id_generator=SameIds())
        self.exporter = InMemorySpanExporter()
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.theirs = self.provider.get_tracer(SCOPE)
        self.exported: list[ExportedSpan] = []
        self.ours = SpanMaker(ALWAYS_ON, SameIds(), self.exported.append)

    def encode(self, *spans: ExportedSpan) -> bytes:
        return encode(self.provider.resource.attributes, spans)

    def encode_theirs(self) -> bytes:
        """Return what the SDK would send of its own spans."""
        body: bytes = encode_spans(self.exporter.get_finished_spans()).SerializeToString()
        return body


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
    assert makers.exported == [ours]
    assert makers.encode(ours) == makers.encode_theirs()


def test_a_span_that_succeeds_has_no_status() -> None:
    makers = Makers()
    ours = makers.ours.start(NewSpan("order"))
    ours.end()
    theirs = makers.theirs.start_span("order", start_time=ours.began)
    theirs.end(ours.ended)
    assert makers.encode(ours) == makers.encode_theirs()


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


class Stuck(SpanExporter):
    """An exporter whose collector never answers."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9/v1/traces", {})
        self.begun, self.answer, self.ended = Event(), Event(), Event()

    def export(self, spans: Sequence[Any]) -> SpanExportResult:
        self.begun.set()
        self.answer.wait()
        self.ended.set()
        return SpanExportResult.FAILURE


def test_a_process_ends_although_a_collector_never_answers() -> None:
    exporter = Stuck()
    batches = SpanBatches(exporter)
    batches.add(Makers().ours.start(NewSpan("a")))
    batches.end(patience=0.01)
    assert exporter.begun.wait(60)
    assert not exporter.ended.is_set()
    exporter.answer.set()


def test_what_waits_is_sent_at_the_end() -> None:
    with collector() as received:
        batches = SpanBatches(SpanExporter(f"{received.url}/v1/traces", {"service.name": "a"}))
        batches.add(Makers().ours.start(NewSpan("last")))
        batches.end(patience=60)
    assert [span.name for span in received.spans] == ["last"]
