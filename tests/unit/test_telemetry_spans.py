"""Spans are below their parents, and a trace is kept or dropped as a whole by our own sampler."""

from collections.abc import Callable

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from models.tracing import CONTEXT, NewSpan, trace_id
from telemetry_spans import ExportedSpan, SpanMaker

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
NUMBER = 400


def maker(export: Callable[[ExportedSpan], None] = lambda _: None) -> SpanMaker:
    """Return a maker of spans with the sampler of the environment's variables."""
    return SpanMaker(TracerProvider().sampler, RandomIdGenerator(), export)


def share_of(spans: list[ExportedSpan]) -> float:
    return sum(span.traceparent.endswith("-01") for span in spans) / len(spans)


def test_a_span_is_below_its_parent_or_begins_a_trace() -> None:
    ended: list[ExportedSpan] = []
    spans = maker(ended.append)
    below, beside = (spans.start(NewSpan("below", parent=PARENT)) for _ in range(2))
    alone = spans.start(NewSpan("alone"))
    assert (below.parent, trace_id(below.traceparent)) == (PARENT, TRACE)
    assert CONTEXT.fullmatch(alone.traceparent)
    assert alone.parent is None
    assert trace_id(alone.traceparent) not in (TRACE, None)
    assert len({span.traceparent for span in (below, beside, alone)}) == 3
    below.end()
    assert ended == [below]
    assert below.ended > below.began > 0


def test_a_malformed_context_is_no_parent() -> None:
    span = maker().start(NewSpan("a", parent=f"{PARENT}\n"))
    assert span.parent is None
    assert trace_id(span.traceparent) not in (TRACE, None)


@pytest.mark.parametrize("parent", [None, PARENT])
def test_what_is_not_sampled_is_not_exported(parent: str | None) -> None:
    ended: list[ExportedSpan] = []
    spans = SpanMaker(ALWAYS_OFF, RandomIdGenerator(), ended.append)
    span = spans.start(NewSpan("a", parent=parent))
    span.set({"a": 1})
    span.end()
    assert (span.traceparent[-3:], ended) == ("-00", [])


@pytest.mark.parametrize("sampler", ["traceidratio", "parentbased_traceidratio"])
def test_a_ratio_keeps_or_drops_a_trace_as_a_whole(
    monkeypatch: pytest.MonkeyPatch, sampler: str
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", sampler)
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.5")
    spans = maker()
    roots = [spans.start(NewSpan("root")) for _ in range(NUMBER)]
    children = [spans.start(NewSpan("child", parent=root.traceparent)) for root in roots]
    assert 0.3 < share_of(roots) < 0.7
    assert [child.traceparent[-2:] for child in children] == [
        root.traceparent[-2:] for root in roots
    ]


@pytest.mark.parametrize("client", [PARENT, f"{PARENT[:-2]}00", f"00-{'0' * 31}1-{'0' * 15}1-01"])
@pytest.mark.parametrize("sampler", ["traceidratio", "parentbased_traceidratio"])
def test_a_client_has_no_say_in_whether_its_trace_is_kept(
    monkeypatch: pytest.MonkeyPatch, sampler: str, client: str
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", sampler)
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.5")
    spans = maker()
    requests = [spans.start(NewSpan("GET /", "server", client)) for _ in range(NUMBER)]
    assert 0.3 < share_of(requests) < 0.7
    assert {span.parent for span in requests} == {client}
