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
from models.processes import process_id
from models.tracing import NewSpan, Span

if TYPE_CHECKING:
    from telemetry_spans import SpanMaker

_lock = threading.Lock()


class OpenTelemetry:
    """A tracer that starts OpenTelemetry's SDK in the process of its first span."""

    def __init__(self, service: str) -> None:
        self._service, self._pid = service, 0
        self._maker: SpanMaker | None = None

    def start_sdk(self) -> "SpanMaker":
        """Start the SDK of this process, once, and return its maker of spans."""
        with _lock:
            if self._maker is None or self._pid != process_id():
                self._maker, self._pid = _start_sdk(self._service), process_id()
            return self._maker

    def start(self, new: NewSpan) -> Span:
        maker = self._maker if self._pid == process_id() else None
        return (maker or self.start_sdk()).start(new)


def _start_sdk(service: str) -> "SpanMaker":
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from telemetry_export import SpanExporter
    from telemetry_spans import SpanMaker

    attributes = {
        "service.name": f"projectx-{service}",
        "service.instance.id": f"{socket.gethostname()}-{os.getpid()}",
        "deployment.environment.name": settings.projectx_env,
    }
    provider = TracerProvider(resource=Resource.create(attributes))
    endpoint = f"{settings.otel_exporter_otlp_endpoint}/v1/traces"
    processor = BatchSpanProcessor(SpanExporter(endpoint, provider.resource.attributes))
    # It ends with the process, and sends its last spans.
    provider.add_span_processor(processor)
    return SpanMaker(provider, processor)


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
