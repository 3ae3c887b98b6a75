"""Spans for OpenTelemetry's exporter, made without the tracer of its SDK.

A span of the SDK may be used by several threads: each change takes a lock, and each attribute is
checked and copied. Ours belongs to one block of code, and its ids stay the text that rows have. The
sampler, the ids, the batches and the export are the SDK's. Its limits for the size of a span are
not: ours have a few short attributes, and at most one link for each row of a batch.
"""

from functools import lru_cache
from time import time_ns
from typing import Any, ClassVar

from opentelemetry.context import Context
from opentelemetry.sdk.trace import SpanProcessor, Tracer, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, DEFAULT_ON, Decision
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

from models.tracing import CONTEXT, Attributes, NewSpan

SCOPE = "projectx"
SAMPLED, NOT_SAMPLED = f"{TraceFlags.SAMPLED:02x}", f"{TraceFlags.DEFAULT:02x}"
# Decisions of the sampler, of the traces that were asked for last: others follow soon.
MAX_REMEMBERED = 256


class SpanMaker:
    """A maker of the spans of one process, which end in `processor`."""

    def __init__(self, provider: TracerProvider, processor: SpanProcessor) -> None:
        # With OTEL_SDK_DISABLED the tracer of a provider is none of the SDK's.
        is_on = isinstance(provider.get_tracer(SCOPE), Tracer)
        self._sampler, self._ids = provider.sampler if is_on else ALWAYS_OFF, provider.id_generator
        self._processor: Any = processor
        # A trace is kept or dropped as a whole: asked once, and not for each span.
        self._flags_below = lru_cache(MAX_REMEMBERED)(self._ask_sampler)

    def start(self, new: NewSpan) -> "ExportedSpan":
        parent = new.parent if new.parent and CONTEXT.fullmatch(new.parent) else None
        if parent is None:
            trace = f"{self._ids.generate_trace_id():032x}"
            flags = self._ask_sampler(trace)
        else:
            trace = parent[3:35]
            flags = self._flags_below(trace, parent[53:])
        traceparent = f"00-{trace}-{self._ids.generate_span_id():016x}-{flags}"
        return ExportedSpan(new, traceparent, parent, self._processor if flags == SAMPLED else None)

    def _ask_sampler(self, trace: str, parent_flags: str | None = None) -> str:
        if self._sampler is DEFAULT_ON and parent_flags in (None, SAMPLED):
            # Nearly all traces, and its answer is known.
            return SAMPLED
        trace_id, above = int(trace, 16), Context()
        if parent_flags is not None:
            # A sampler looks at the trace and the flags of a parent, whichever span that is.
            parent = SpanContext(trace_id, 1, True, TraceFlags(int(parent_flags, 16)))
            above = set_span_in_context(NonRecordingSpan(parent), above)
        decision = self._sampler.should_sample(above, trace_id, "").decision
        return SAMPLED if decision is Decision.RECORD_AND_SAMPLE else NOT_SAMPLED


class ExportedSpan:
    """A span that goes to the processor when it ends; None if it is not sampled."""

    __slots__ = (
        "_processor", "attributes", "began", "ended", "failed", "name", "new", "parent",
        "traceparent",
    )  # fmt: skip
    # The SDK's processor asks for it, and passes on what is sampled.
    context: ClassVar = SpanContext(1, 1, False, TraceFlags(TraceFlags.SAMPLED))

    def __init__(self, new: NewSpan, traceparent: str, parent: str | None, processor: Any) -> None:
        self.new, self.traceparent, self.parent = new, traceparent, parent
        self.name, self.attributes, self.failed = new.name, new.attributes, False
        self._processor = processor
        self.began, self.ended = new.since or time_ns(), 0

    def rename(self, name: str) -> None:
        self.name = name

    def set(self, attributes: Attributes) -> None:
        self.attributes = {**self.attributes, **attributes}

    def fail(self, kind: str) -> None:
        # The text of an error may quote a row or a person.
        self.attributes = {**self.attributes, "error.type": kind}
        self.failed = True

    def end(self) -> None:
        if self._processor is not None:
            self.ended = time_ns()
            self._processor.on_end(self)
