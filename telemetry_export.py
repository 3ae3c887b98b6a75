"""The export of spans: OpenTelemetry's exporter, with an encoder that fills one message in place.

The exporter's own encoder makes each span as a message that it copies three times, and computes a
hash of the resource for each. That took more time than all else that is done for a span.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import SpanFlags
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.trace import SpanContext

NO_PARENT = SpanFlags.SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK
# What a span is below or links to is always read from a text, as from another process.
REMOTE = NO_PARENT | SpanFlags.SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK


class SpanExporter(OTLPSpanExporter):
    """An exporter of the spans of one process, which have the same resource and scope."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._client.export(encode(spans))
        return SpanExportResult.SUCCESS if result.success else SpanExportResult.FAILURE


def encode(spans: Sequence[ReadableSpan]) -> bytes:
    """Return the body of a request with `spans`, of which there is at least one."""
    request = ExportTraceServiceRequest()
    of_resource = request.resource_spans.add()
    resource, scope = spans[0].resource, spans[0].instrumentation_scope
    _add(of_resource.resource.attributes, resource.attributes)
    of_scope = of_resource.scope_spans.add()
    of_scope.scope.name = scope.name if scope else ""
    for span in spans:
        _encode(of_scope.spans.add(), span)
    body: bytes = request.SerializeToString()
    return body


def _encode(message: Any, span: ReadableSpan) -> None:
    context, parent = span.context, span.parent
    message.trace_id, message.span_id = _ids(context)
    if parent:
        message.parent_span_id = parent.span_id.to_bytes(8, "big")
    message.flags = REMOTE if parent else NO_PARENT
    # The protocol's kinds are one more: its 0 is none.
    message.name, message.kind = span.name, span.kind.value + 1
    message.start_time_unix_nano, message.end_time_unix_nano = span.start_time, span.end_time
    message.status.code = span.status.status_code.value
    _add(message.attributes, span.attributes or {})
    for link in span.links:
        linked = message.links.add()
        linked.trace_id, linked.span_id = _ids(link.context)
        linked.flags = REMOTE


def _ids(context: SpanContext) -> tuple[bytes, bytes]:
    return context.trace_id.to_bytes(16, "big"), context.span_id.to_bytes(8, "big")


def _add(messages: Any, attributes: Mapping[str, Any]) -> None:
    for key, value in attributes.items():
        message = messages.add()
        message.key = key
        if isinstance(value, bool):
            message.value.bool_value = value
        elif isinstance(value, str):
            message.value.string_value = value
        else:
            message.value.int_value = value
