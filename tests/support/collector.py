"""A receiver of traces (OTLP over HTTP), which keeps the spans in memory."""

import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.support.receiver import receiving


@dataclass(frozen=True, slots=True)
class Received:
    """A span as it came: ids in hexadecimal, links as pairs of a trace's id and a span's."""

    service: str
    name: str
    kind: str
    trace: str
    id: str
    parent: str
    links: frozenset[tuple[str, str]]
    attributes: dict[str, str]


@dataclass
class Collector:
    """The spans that have come, at the endpoint `url`."""

    url: str = ""
    spans: list[Received] = field(default_factory=list)

    def take(self, body: bytes) -> None:
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            resource = {each.key: each.value.string_value for each in group.resource.attributes}
            spans = [span for scope in group.scope_spans for span in scope.spans]
            self.spans += [_read(resource["service.name"], span) for span in spans]

    def of_trace(self, trace: str) -> list[Received]:
        return [span for span in self.spans if span.trace == trace]


def _read(service: str, span: Span) -> Received:
    links = frozenset((link.trace_id.hex(), link.span_id.hex()) for link in span.links)
    values = {each.key: each.value for each in span.attributes}
    attributes = {
        key: value.string_value or str(value.int_value or "") for key, value in values.items()
    }
    kind = Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_")
    ids = (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())
    return Received(service, span.name, kind, *ids, links, attributes)


@contextmanager
def collector(port: int = 0) -> Iterator[Collector]:
    """Run a collector on a port of the loopback interface, a free one without `port`."""
    received = Collector()
    with receiving(received.take, port) as taken:
        received.url = f"http://127.0.0.1:{taken}"
        yield received


def is_listening(port: int) -> bool:
    """Return whether something listens on a port of the loopback interface."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    with collector(int(sys.argv[1])):
        signal.pause()
