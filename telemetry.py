"""OpenTelemetry as the tracer of `models.tracing`, if OTEL_EXPORTER_OTLP_ENDPOINT is set.

Its SDK has threads, which do not survive a fork: each process starts its own with its first span,
or with `start`. Without the setting, no module of OpenTelemetry is imported.
"""

import atexit
import logging
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

log = logging.getLogger(__name__)

# One for each process: a thread that does not exist in a fork may hold that of its parent.
_locks: dict[int, threading.Lock] = {}


class OpenTelemetry:
    """A tracer that starts OpenTelemetry's SDK in the process of its first span."""

    def __init__(self, service: str) -> None:
        self._service, self._pid = service, 0
        self._maker: SpanMaker | None = None

    def start_sdk(self) -> "SpanMaker":
        """Start the SDK of this process, once, and return its maker of spans."""
        with _locks.setdefault(process_id(), threading.Lock()):
            if self._maker is None or self._pid != process_id():
                self._maker, self._pid = _start_sdk(self._service), process_id()
            return self._maker

    def start(self, new: NewSpan) -> Span:
        maker = self._maker if self._pid == process_id() else None
        return (maker or self.start_sdk()).start(new)


def _start_sdk(service: str) -> "SpanMaker":
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import Tracer, TracerProvider
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
    from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

    from telemetry_export import SpanBatches, SpanExporter
    from telemetry_spans import SCOPE, SpanMaker

    attributes = {
        "service.name": f"projectx-{service}",
        "service.instance.id": f"{socket.gethostname()}-{os.getpid()}",
        "deployment.environment.name": settings.projectx_env,
    }
    endpoint = f"{settings.otel_exporter_otlp_endpoint}/v1/traces"
    try:
        resource = Resource.create(attributes)
        # It reads OpenTelemetry's variables. With OTEL_SDK_DISABLED it has no tracer of its own.
        provider = TracerProvider(shutdown_on_exit=False)
        batches = SpanBatches(SpanExporter(endpoint, resource.attributes))
    except ValueError as error:
        log.warning("there are no traces, because of a variable of OpenTelemetry: %s", error)
        return SpanMaker(ALWAYS_OFF, RandomIdGenerator(), lambda _: None)
    atexit.register(batches.end)
    is_on = isinstance(provider.get_tracer(SCOPE), Tracer)
    return SpanMaker(provider.sampler if is_on else ALWAYS_OFF, RandomIdGenerator(), batches.add)


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
