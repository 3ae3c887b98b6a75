"""Traces: spans of one request through rows, messages and calls, by a tracer that is installed.

Without a tracer nothing here makes an object, and no row gets a context. This module knows no
library: `telemetry.py` installs OpenTelemetry's.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from time import time_ns
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol

Kind = Literal["internal", "server", "client", "producer", "consumer"]
Value = str | int | bool
Attributes = Mapping[str, Value]
# Source: https://www.w3.org/TR/trace-context/#traceparent-header
CONTEXT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")
SAMPLED = 1


class Span(Protocol):
    """A span under way. Its attributes hold ids and names, and never what people typed."""

    @property
    def traceparent(self) -> str: ...

    def rename(self, name: str) -> None: ...

    def set(self, attributes: Attributes) -> None: ...

    def fail(self, kind: str) -> None: ...

    def end(self) -> None: ...


class NewSpan(NamedTuple):
    """A span to start. `parent` and `links` are contexts (traceparent), `since` is in ns."""

    name: str
    kind: Kind = "internal"
    parent: str | None = None
    links: Iterable[str | None] = ()
    attributes: Attributes = MappingProxyType({})
    since: int | None = None


class Tracer(Protocol):
    """A maker of spans."""

    def start(self, new: NewSpan) -> Span: ...


# The installed tracer, if there is one.
_tracers: list[Tracer] = []
_current: ContextVar[str | None] = ContextVar("trace", default=None)
# The context of a provider's event, while its facts are applied to executions.
_source: ContextVar[str | None] = ContextVar("trace_source", default=None)
OFF: AbstractContextManager[None] = nullcontext()


def install(tracer: Tracer | None) -> None:
    """Make spans with `tracer` from now on; None makes no spans."""
    _tracers[:] = [] if tracer is None else [tracer]


def is_on() -> bool:
    """Return whether spans are made."""
    return bool(_tracers)


def current() -> str | None:
    """Return the context (traceparent) of the span under way, for a row or another span."""
    return _current.get()


def source() -> str | None:
    """Return the context of the event whose facts are being applied."""
    return _source.get()


def started_at() -> int | None:
    """Return the time now, for the `since` of a span whose links are not known yet."""
    return time_ns() if _tracers else None


def span(new: NewSpan) -> AbstractContextManager[Span | None]:
    """Make a span of the block, below its parent or the span under way."""
    if not _tracers:
        return OFF
    parent = new.parent or _current.get()
    links = [link for link in new.links if link is not None and link != parent]
    # `_replace` would take several times as long.
    below = NewSpan(new.name, new.kind, parent, links, new.attributes, new.since)
    return _Entered(_tracers[0].start(below))


class _Entered:
    """A block in a span, which ends with it."""

    __slots__ = ("_span", "_token")

    def __init__(self, span: Span) -> None:
        self._span = span

    def __enter__(self) -> Span:
        self._token = _current.set(self._span.traceparent)
        return self._span

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None and issubclass(kind, Exception):
            self._span.fail(kind.__name__)
        _current.reset(self._token)
        self._span.end()


def continued(context: str | None) -> AbstractContextManager[None]:
    """Let the spans and rows of the block follow `context`; None changes nothing."""
    return _follow(context) if _tracers and context else OFF


@contextmanager
def _follow(context: str) -> Iterator[None]:
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)


def from_outside() -> AbstractContextManager[None]:
    """Let the transitions of the block continue the traces of their executions.

    They link to the span under way: that of the provider's event.
    """
    return _step_aside() if _tracers else OFF


@contextmanager
def _step_aside() -> Iterator[None]:
    tokens = _source.set(_current.get()), _current.set(None)
    try:
        yield
    finally:
        _source.reset(tokens[0])
        _current.reset(tokens[1])


def accept(header: str | None) -> str | None:
    """Return the context of a client's `traceparent`, or None for anything malformed.

    Our own sampler decides: whether the client samples its trace changes nothing.
    """
    match = CONTEXT.fullmatch(header or "")
    return match and f"00-{match[1]}-{match[2]}-{SAMPLED:02x}"


def trace_id(context: str | None) -> str | None:
    """Return the trace's id of a row's context, or None if the trace was not sampled."""
    match = CONTEXT.fullmatch(context or "")
    return match[1] if match and int(match[3], 16) & SAMPLED else None


def ids(context: str | None) -> tuple[str, str] | None:
    """Return the ids of the trace and the span of a context."""
    match = CONTEXT.fullmatch(context or "")
    return match and (match[1], match[2])
