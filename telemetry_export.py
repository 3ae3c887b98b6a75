"""The export of spans: OpenTelemetry's exporter, with an encoder of our spans.

The exporter's own encoder makes each span as a message that it copies three times, and computes a
hash of the resource for each. That took more time than all else that is done for a span.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, SpanFlags, Status
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult

from models.tracing import CONTEXT
from telemetry_spans import SCOPE, ExportedSpan

KINDS = {name.removeprefix("SPAN_KIND_").lower(): number for name, number in Span.SpanKind.items()}
# Seconds for which a process that ends waits for a collector.
END_PATIENCE = 5.0
NO_PARENT = SpanFlags.SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK
# What a span is below or links to is always read from a text, as from another process.
REMOTE = NO_PARENT | SpanFlags.SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK


class SpanExporter(OTLPSpanExporter):
    """An exporter of the spans of one process, whose resource has these attributes."""

    def __init__(self, endpoint: str, resource: Mapping[str, Any], **options: Any) -> None:
        super().__init__(endpoint, **options)
        self._resource = resource

    def export(self, spans: Sequence[Any]) -> SpanExportResult:
        result = self._client.export(encode(self._resource, spans))
        return SpanExportResult.SUCCESS if result.success else SpanExportResult.FAILURE


class SpanBatches(BatchSpanProcessor):
    """The SDK's batches, without its questions to each span, and with an end in bounded time."""

    def add(self, span: ExportedSpan) -> None:
        """Have a span that has ended exported with the next batch."""
        self._batch_processor.emit(span)  # type: ignore[arg-type]

    def end(self, patience: float = END_PATIENCE) -> None:
        """Export what waits, for at most `patience` seconds."""
        self._batch_processor.shutdown(timeout_millis=int(1000 * patience))


def encode(resource: Mapping[str, Any], spans: Sequence[ExportedSpan]) -> bytes:
    """Return the body of a request with `spans` of a process with the attributes of `resource`."""
    request = ExportTraceServiceRequest()
    of_resource = request.resource_spans.add()
    _add(of_resource.resource.attributes, resource)
    of_scope = of_resource.scope_spans.add()
    of_scope.scope.name = SCOPE
    for span in spans:
        _encode(of_scope.spans.add(), span)
    body: bytes = request.SerializeToString()
    return body


def _encode(message: Any, span: ExportedSpan) -> None:
    message.trace_id, message.span_id = _ids(span.traceparent)
    message.flags = NO_PARENT
    if span.parent:
        message.parent_span_id, message.flags = _ids(span.parent)[1], REMOTE
    message.name, message.kind = span.name, KINDS[span.new.kind]
    message.start_time_unix_nano, message.end_time_unix_nano = span.began, span.ended
    message.status.code = Status.STATUS_CODE_ERROR if span.failed else Status.STATUS_CODE_UNSET
    _add(message.attributes, span.attributes)
    for context in span.new.links:
        if context and CONTEXT.fullmatch(context):
            link = message.links.add()
            link.trace_id, link.span_id = _ids(context)
            link.flags = REMOTE


def _ids(traceparent: str) -> tuple[bytes, bytes]:
    return bytes.fromhex(traceparent[3:35]), bytes.fromhex(traceparent[36:52])


def _add(messages: Any, attributes: Mapping[str, Any]) -> None:
    for key, value in attributes.items():
        message = messages.add()
        message.key = key
        if isinstance(value, str):
            message.value.string_value = value
        elif isinstance(value, bool):
            message.value.bool_value = value
        else:
            message.value.int_value = value
