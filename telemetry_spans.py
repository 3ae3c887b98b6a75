"""Spans for OpenTelemetry's exporter, made without the tracer of its SDK.

A span of the SDK may be used by several threads: each change takes a lock, and each attribute is
checked and copied. Ours belongs to one block of code, and takes a third of the time. The sampler,
the ids, the batches and the export are the SDK's. Its limits for the size of a span are not: ours
have a few short attributes, and at most one link for each row of a batch.
"""

from functools import lru_cache
from time import time_ns

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, Tracer, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, Decision
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from models.tracing import CONTEXT, Attributes, NewSpan

SCOPE = InstrumentationScope("projectx", "")
KINDS = {kind.name.lower(): kind for kind in SpanKind}
SAMPLED, NOT_SAMPLED = TraceFlags(TraceFlags.SAMPLED), TraceFlags(TraceFlags.DEFAULT)
UNSET, FAILED = Status(StatusCode.UNSET), Status(StatusCode.ERROR)
# Contexts and decisions of a sampler, of those that were asked for last: others follow soon.
MAX_REMEMBERED = 256


class SpanMaker:
    """A maker of the spans of one process, which end in `processor`."""

    def __init__(self, provider: TracerProvider, processor: SpanProcessor) -> None:
        # With OTEL_SDK_DISABLED the tracer of a provider is none of the SDK's.
        is_on = isinstance(provider.get_tracer(SCOPE.name), Tracer)
        self._sampler, self._ids = provider.sampler if is_on else ALWAYS_OFF, provider.id_generator
        self.resource, self.processor = provider.resource, processor
        # A trace is kept or dropped as a whole: asked once, and not for each span.
        self._flags_below = lru_cache(MAX_REMEMBERED)(self._ask_sampler)

    def start(self, new: NewSpan) -> "ExportedSpan":
        parent = span_context(new.parent) if new.parent else None
        if parent is None:
            trace_id = self._ids.generate_trace_id()
            flags = self._ask_sampler(trace_id)
        else:
            trace_id = parent.trace_id
            flags = self._flags_below(trace_id, parent.trace_flags)
        context = SpanContext(trace_id, self._ids.generate_span_id(), False, flags)
        return ExportedSpan(self, new, context, parent)

    def _ask_sampler(self, trace_id: int, parent_flags: TraceFlags | None = None) -> TraceFlags:
        above = Context()
        if parent_flags is not None:
            # A sampler looks at the trace and the flags of a parent, whichever span that is.
            parent = SpanContext(trace_id, 1, True, parent_flags)
            above = set_span_in_context(NonRecordingSpan(parent), above)
        decision = self._sampler.should_sample(above, trace_id, "").decision
        return SAMPLED if decision is Decision.RECORD_AND_SAMPLE else NOT_SAMPLED


class ExportedSpan:
    """A span that goes to the processor when it ends, if it is sampled."""

    def __init__(
        self, maker: SpanMaker, new: NewSpan, context: SpanContext, parent: SpanContext | None
    ) -> None:
        self._maker, self._new, self._context, self._parent = maker, new, context, parent
        self._name, self._attributes, self._status = new.name, dict(new.attributes), UNSET
        self._began = new.since or time_ns()
        flags = context.trace_flags
        self.traceparent = f"00-{context.trace_id:032x}-{context.span_id:016x}-{flags:02x}"

    def rename(self, name: str) -> None:
        self._name = name

    def set(self, attributes: Attributes) -> None:
        self._attributes.update(attributes)

    def fail(self, kind: str) -> None:
        # The text of an error may quote a row or a person.
        self._attributes["error.type"] = kind
        self._status = FAILED

    def end(self) -> None:
        if not self._context.trace_flags.sampled:
            return
        contexts = (span_context(link) for link in self._new.links if link)
        span = ReadableSpan(
            self._name,
            self._context,
            self._parent,
            self._maker.resource,
            self._attributes,
            links=[Link(context) for context in contexts if context],
            kind=KINDS[self._new.kind],
            status=self._status,
            start_time=self._began,
            end_time=time_ns(),
            instrumentation_scope=SCOPE,
        )
        self._maker.processor.on_end(span)


@lru_cache(MAX_REMEMBERED)
def span_context(traceparent: str) -> SpanContext | None:
    """Return a context as the SDK knows it, or None for anything malformed."""
    match = CONTEXT.fullmatch(traceparent)
    if match is None:
        return None
    trace_id, span_id, flags = (int(part, 16) for part in match.groups())
    return SpanContext(trace_id, span_id, True, TraceFlags(flags))
