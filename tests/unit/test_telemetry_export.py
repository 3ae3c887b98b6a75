"""Spans are encoded and sent as OpenTelemetry's own exporter does it."""

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from launch.ports import free_ports
from models.tracing import NewSpan
from telemetry_export import SpanExporter, encode
from telemetry_spans import SpanMaker
from tests.support.collector import collector

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT, LINK = f"00-{TRACE}-00f067aa0ba902b7-01", f"00-{TRACE}-00f067aa0ba902b8-01"


def some_spans() -> tuple[ReadableSpan, ...]:
    """Return spans of all kinds, with everything that a span can have."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(resource=Resource.create({"service.name": "projectx-test"}))
    maker = SpanMaker(provider, SimpleSpanProcessor(exporter))
    attributes = {"a.text": "é", "an.empty.one": "", "a.number": 3, "a.fact": True}
    for kind in SpanKind:
        name = kind.name.lower()
        new = NewSpan(f"a {name}", name, PARENT, [LINK, PARENT], attributes)  # type: ignore[arg-type]
        maker.start(new).end()
    failed = maker.start(NewSpan("a root that failed"))
    failed.fail("ZeroDivisionError")
    failed.end()
    return exporter.get_finished_spans()


def test_the_bytes_are_those_of_the_exporter_of_opentelemetry() -> None:
    spans = some_spans()
    assert len(spans) == len(SpanKind) + 1
    assert encode(spans) == encode_spans(spans).SerializeToString()


def test_spans_are_sent_to_a_collector() -> None:
    spans = some_spans()
    with collector() as received:
        exporter = SpanExporter(f"{received.url}/v1/traces")
        assert exporter.export(spans) is SpanExportResult.SUCCESS
        exporter.shutdown()  # type: ignore[no-untyped-call]
    assert [span.name for span in received.spans] == [span.name for span in spans]


def test_spans_that_nobody_takes_are_a_failure() -> None:
    (port,) = free_ports(1)
    exporter = SpanExporter(f"http://127.0.0.1:{port}/v1/traces", timeout=0.1)
    assert exporter.export(some_spans()) is SpanExportResult.FAILURE
