"""OpenTelemetry as the tracer of `models.tracing`, if OTEL_EXPORTER_OTLP_ENDPOINT is set.

Its SDK has threads, which do not survive a fork: each process starts its own with its first span,
or with `start`. Without the setting, no module of OpenTelemetry is imported.
"""

import os
import socket
import threading
from functools import cache
from typing import TYPE_CHECKING

from config import settings
from models import tracing
from models.tracing import CONTEXT, SAMPLED, Attributes, NewSpan

if TYPE_CHECKING:
    from opentelemetry import trace

_lock = threading.Lock()


class OpenTelemetrySpan:
    """A span of OpenTelemetry, as `models.tracing` needs it."""

    def __init__(self, span: "trace.Span") -> None:
        self._span, context = span, span.get_span_context()
        flags = int(context.trace_flags) & SAMPLED
        self.traceparent = f"00-{context.trace_id:032x}-{context.span_id:016x}-{flags:02x}"

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def set(self, attributes: Attributes) -> None:
        self._span.set_attributes(attributes)

    def fail(self, kind: str) -> None:
        from opentelemetry.trace import StatusCode

        # The text of an error may quote a row or a person.
        self._span.set_attribute("error.type", kind)
        self._span.set_status(StatusCode.ERROR)

    def end(self) -> None:
        self._span.end()


class OpenTelemetry:
    """A tracer that starts OpenTelemetry's SDK in the process of its first span."""

    def __init__(self, service: str) -> None:
        self._service, self._pid = service, 0
        self._tracer: trace.Tracer | None = None

    def start_sdk(self) -> "trace.Tracer":
        """Start the SDK of this process, once, and return its tracer."""
        with _lock:
            if self._tracer is None or self._pid != os.getpid():
                self._tracer, self._pid = _start_sdk(self._service), os.getpid()
            return self._tracer

    def start(self, new: NewSpan) -> OpenTelemetrySpan:
        from opentelemetry import trace
        from opentelemetry.context import Context

        tracer = self._tracer if self._pid == os.getpid() else None
        tracer = tracer or self.start_sdk()
        above = Context()
        if new.parent and (context := _span_context(new.parent)):
            above = trace.set_span_in_context(trace.NonRecordingSpan(context), above)
        contexts = (_span_context(link) for link in new.links if link)
        span = tracer.start_span(
            new.name,
            above,
            trace.SpanKind[new.kind.upper()],
            new.attributes,
            [trace.Link(context) for context in contexts if context],
            new.since,
        )
        return OpenTelemetrySpan(span)


def _span_context(traceparent: str) -> "trace.SpanContext | None":
    from opentelemetry import trace

    match = CONTEXT.fullmatch(traceparent)
    if match is None:
        return None
    trace_id, span_id, flags = (int(part, 16) for part in match.groups())
    return trace.SpanContext(trace_id, span_id, True, trace.TraceFlags(flags))


def _start_sdk(service: str) -> "trace.Tracer":
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    attributes = {
        "service.name": f"projectx-{service}",
        "service.instance.id": f"{socket.gethostname()}-{os.getpid()}",
        "deployment.environment.name": settings.projectx_env,
    }
    provider = TracerProvider(resource=Resource.create(attributes))
    endpoint = f"{settings.otel_exporter_otlp_endpoint}/v1/traces"
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint)))
    return provider.get_tracer("projectx")


@cache
def configure(part: str) -> OpenTelemetry | None:
    """Install the tracer of this part of the system. None: no collector is set."""
    if not settings.otel_exporter_otlp_endpoint:
        return None
    tracer = OpenTelemetry(settings.part_of(part))
    tracing.install(tracer)
    return tracer


def start(part: str) -> None:
    """Install the tracer, and start the SDK before the first span needs it."""
    tracer = configure(part)
    if tracer is not None:
        tracer.start_sdk()
