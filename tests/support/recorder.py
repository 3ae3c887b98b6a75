"""A tracer for tests, which keeps its spans in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from models import tracing
from models.tracing import Attributes, NewSpan


@dataclass(slots=True)
class RecordedSpan:
    """A span with its context, and the error that ended it."""

    new: NewSpan
    traceparent: str
    error: str = ""
    ended: bool = False

    @property
    def trace(self) -> str | None:
        return tracing.trace_id(self.traceparent)

    def rename(self, name: str) -> None:
        """Keep the first name."""

    def set(self, attributes: Attributes) -> None:
        """Keep the first attributes."""

    def fail(self, kind: str) -> None:
        self.error = kind

    def end(self) -> None:
        self.ended = True


@dataclass
class Recorder:
    """A tracer that keeps the spans in the order in which they began."""

    spans: list[RecordedSpan] = field(default_factory=list)

    def start(self, new: NewSpan) -> RecordedSpan:
        trace = tracing.trace_id(new.parent) or uuid4().hex
        span = RecordedSpan(new, f"00-{trace}-{uuid4().hex[:16]}-01")
        self.spans.append(span)
        return span

    def last(self, name: str) -> RecordedSpan:
        return next(span for span in reversed(self.spans) if span.new.name == name)


@contextmanager
def recording() -> Iterator[Recorder]:
    """Record all spans of the block."""
    recorder = Recorder()
    tracing.install(recorder)
    try:
        yield recorder
    finally:
        tracing.install(None)
