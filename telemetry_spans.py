"""Spans for OpenTelemetry's exporter, made without the tracer of its SDK.

A span of the SDK may be used by several threads: each change takes a lock, and each attribute is
checked and copied. Ours belongs to one block of code, and its ids stay the text that rows have. The
sampler, the ids, the batches and the export are the SDK's. Its limits for the size of a span are
not: ours have a few short attributes, and at most one link for each row of a batch.
"""

from collections.abc import Callable
from time import time_ns

from opentelemetry.context import Context
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, Decision, Sampler
from opentelemetry.trace import TraceFlags

from models.tracing import CONTEXT, Attributes, NewSpan

SCOPE = "projectx"
NOTHING_ABOVE = Context()
SAMPLED, NOT_SAMPLED = f"{TraceFlags.SAMPLED:02x}", f"{TraceFlags.DEFAULT:02x}"


class SpanMaker:
    """A maker of the spans of one process. `export` gets each one that is sampled, at its end."""

    def __init__(
        self, sampler: Sampler, ids: IdGenerator, export: Callable[["ExportedSpan"], None]
    ) -> None:
        self._sampler, self._ids, self._export = sampler, ids, export

    def start(self, new: NewSpan) -> "ExportedSpan":
        parent = new.parent if new.parent and CONTEXT.fullmatch(new.parent) else None
        trace = parent[3:35] if parent else f"{self._ids.generate_trace_id():032x}"
        is_sampled = self._is_sampled(trace, parent, new)
        flags = SAMPLED if is_sampled else NOT_SAMPLED
        traceparent = f"00-{trace}-{self._ids.generate_span_id():016x}-{flags}"
        return ExportedSpan(new, traceparent, parent, self._export if is_sampled else None)

    def _is_sampled(self, trace: str, parent: str | None, new: NewSpan) -> bool:
        """Return the sampler's decision for a trace that begins here, or that of the span above.

        So a trace is kept or dropped as a whole, and what a client wishes changes nothing: neither
        its flag nor the id that it has chosen for its trace is shown to the sampler.
        """
        if self._sampler is ALWAYS_OFF:
            return False
        if parent is not None and new.kind != "server":
            return bool(int(parent[53:], 16) & TraceFlags.SAMPLED)
        trace_id = int(trace, 16) if parent is None else self._ids.generate_trace_id()
        decision = self._sampler.should_sample(NOTHING_ABOVE, trace_id, new.name).decision
        return decision is Decision.RECORD_AND_SAMPLE


class ExportedSpan:
    """A span that is exported when it ends, unless it is not sampled."""

    __slots__ = (
        "_export", "attributes", "began", "ended", "failed", "name", "new", "parent", "traceparent",
    )  # fmt: skip

    def __init__(
        self,
        new: NewSpan,
        traceparent: str,
        parent: str | None,
        export: Callable[["ExportedSpan"], None] | None,
    ) -> None:
        self.new, self.traceparent, self.parent = new, traceparent, parent
        self.name, self.attributes, self.failed = new.name, new.attributes, False
        self._export = export
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
        if self._export is not None:
            self.ended = time_ns()
            self._export(self)
