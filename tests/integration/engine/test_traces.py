"""Rows carry the trace in which they were written, and what follows from them goes on in it."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from models import tracing, transaction
from models.clock import MovableClock
from models.tracing import NewSpan
from state_machines.durable import NonRetryableError, executor, sweep
from state_machines.durable.base import handling
from state_machines.durable.inbox import receive
from tests.support.depot import Depot, load_signal
from tests.support.parcel import Announce, Courier, ParcelMachine, ParcelSignal
from tests.support.recorder import Recorder, recording
from tests.support.statements import statements_of

BATCH = "batch test.announce"


def lose(kind: str, payload: dict[str, Any]) -> UUID:
    parcel_id = UUID(payload["parcel"])
    ParcelMachine.observe(ParcelMachine.lock([parcel_id])[parcel_id], ParcelSignal(kind))
    return parcel_id


handling.handlers["test-traced-gate"] = lose


@pytest.fixture
def tracer() -> Iterator[Recorder]:
    with recording() as recorder:
        yield recorder


def pack(depot: Depot, *labels: str) -> tuple[list[UUID], str | None]:
    """Pack parcels in a request, and return their ids and the request's trace."""
    with tracing.span(NewSpan("POST /parcel", "server")) as request:
        ids = depot.pack(*labels)
    return ids, tracing.trace_id(request.traceparent) if request else None


def contexts(depot: Depot, parcel_id: UUID) -> list[str | None]:
    return [row.traceparent for row in depot.history(parcel_id)]


def test_without_a_tracer_rows_have_no_context(depot: Depot) -> None:
    (parcel_id,) = depot.pack("vase")
    receive("test-traced-gate", "e-0", "lose", {"parcel": str(parcel_id)})
    assert contexts(depot, parcel_id) == [None, None]
    assert depot.activity(parcel_id).traceparent is None
    assert load_signal("e-0").traceparent is None


def test_a_call_and_its_record_go_on_in_the_trace_of_the_request(
    depot: Depot, courier: Courier, tracer: Recorder
) -> None:
    (parcel_id,), trace = pack(depot, "vase")
    birth = tracer.last("test_parcel pack")
    assert depot.activity(parcel_id).traceparent == birth.traceparent
    depot.run(parcel_id)
    attempt = tracer.last("test.announce")
    assert (attempt.new.parent, attempt.new.links) == (birth.traceparent, [])
    assert attempt.new.since, "a batch of one row has no span: that of the attempt has its time"
    assert BATCH not in {span.new.name for span in tracer.spans}
    moved = tracer.last("test_parcel announced")
    assert (moved.new.parent, moved.new.links) == (attempt.traceparent, [birth.traceparent])
    assert [tracing.trace_id(each) for each in contexts(depot, parcel_id)] == [trace, trace]
    assert all(span.ended for span in tracer.spans)


def test_a_result_is_recorded_without_a_query_for_its_trace(
    depot: Depot, courier: Courier, shop: Flask
) -> None:
    counts = []
    for tracer in (nullcontext(), recording()):
        with tracer:
            (parcel_id,), _ = pack(depot, "vase")
            with statements_of(shop) as statements:
                depot.run(parcel_id)
        assert depot.state(parcel_id) == "Announced"
        counts.append(len(statements))
    assert counts[0] == counts[1] > 0


def test_a_batch_links_to_the_rows_of_several_traces(
    depot: Depot, courier: Courier, tracer: Recorder
) -> None:
    ((vase,), first), ((lamp,), second) = pack(depot, "vase"), pack(depot, "lamp")
    assert first != second
    depot.run(vase, lamp)
    rows = {depot.activity(parcel).traceparent for parcel in (vase, lamp)}
    batch = tracer.last(BATCH)
    assert (batch.new.parent, set(batch.new.links)) == (None, rows)
    attempts = [span.new for span in tracer.spans if span.new.name == "test.announce"]
    assert {attempt.parent for attempt in attempts} == rows
    assert [attempt.links for attempt in attempts] == [[batch.traceparent]] * 2
    for parcel, trace in ((vase, first), (lamp, second)):
        assert tracing.trace_id(contexts(depot, parcel)[-1]) == trace


def test_a_failed_attempt_names_the_kind_of_its_error(
    depot: Depot, courier: Courier, tracer: Recorder
) -> None:
    courier.trouble["vase"] = NonRetryableError("ann@example.com moved")
    (parcel_id,), trace = pack(depot, "vase")
    depot.run(parcel_id)
    assert tracer.last("test.announce").error == "NonRetryableError"
    assert tracer.last("test_parcel lose").trace == trace
    assert "ann@example.com" not in str([span.new for span in tracer.spans])


def test_a_second_claim_goes_on_below_the_row(
    depot: Depot, courier: Courier, tracer: Recorder, time: MovableClock
) -> None:
    (parcel_id,), _ = pack(depot, "vase")
    depot.claim(parcel_id)
    time.advance(minutes=1)
    assert executor.run(Announce.name, [key for _, key in sweep.due_activities()]) == 1
    attempt = tracer.last("test.announce")
    assert attempt.new.attributes["projectx.attempt"] == 2
    assert attempt.new.parent == depot.activity(parcel_id).traceparent


def test_an_event_joins_the_trace_of_what_it_moves_and_links_to_its_request(
    depot: Depot, tracer: Recorder
) -> None:
    (parcel_id,), trace = pack(depot, "vase")
    with tracing.span(NewSpan("POST /webhook", "server")) as webhook:
        receive("test-traced-gate", "e-1", "lose", {"parcel": str(parcel_id)})
        receive("test-traced-gate", "e-2", "lose", {"parcel": str(parcel_id)})
    assert webhook is not None
    moved = tracer.last("test_parcel lose")
    assert moved.trace == trace
    assert webhook.traceparent in moved.new.links
    assert moved.new.attributes["projectx.cause"] == "signal:test-traced-gate:e-1"
    signal = next(span for span in tracer.spans if "signal" in span.new.name)
    assert load_signal("e-1").traceparent == signal.traceparent
    assert (signal.new.parent, signal.new.links) == (moved.traceparent, [webhook.traceparent])
    ignored = tracing.trace_id(load_signal("e-2").traceparent)
    assert ignored == trace, "a fact that moves nothing, too"


def test_an_event_about_nothing_keeps_the_trace_of_its_request(
    depot: Depot, tracer: Recorder
) -> None:
    with tracing.span(NewSpan("POST /webhook", "server")) as webhook:
        receive("test-traced-gate", "e-3", "lose", {"parcel": "no id"})
    assert webhook is not None
    assert load_signal("e-3").traceparent == webhook.traceparent


def test_a_deadline_continues_the_trace_of_its_execution(
    depot: Depot, tracer: Recorder, time: MovableClock
) -> None:
    (vase,), first = pack(depot, "vase")
    (lamp,), second = pack(depot, "lamp")
    time.advance(hours=2)
    sweep.fire_deadlines()
    for parcel, trace in ((vase, first), (lamp, second)):
        assert tracing.trace_id(contexts(depot, parcel)[-1]) == trace


def test_a_later_request_has_a_trace_of_its_own_and_links_to_the_earlier(
    depot: Depot, courier: Courier, tracer: Recorder
) -> None:
    (parcel_id,), trace = pack(depot, "vase")
    earlier = contexts(depot, parcel_id)[-1]
    with tracing.span(NewSpan("DELETE /parcel", "server")) as request:
        depot.send(parcel_id, ParcelSignal.LOSE)
    assert request is not None
    moved = tracer.last("test_parcel lose")
    assert (moved.new.parent, moved.trace == trace) == (request.traceparent, False)
    assert earlier in moved.new.links


def test_a_transition_is_not_written_early_to_find_its_trace(
    depot: Depot, tracer: Recorder
) -> None:
    (parcel_id,), _ = pack(depot, "vase")
    with transaction() as session:
        parcel = ParcelMachine.lock([parcel_id])[parcel_id]
        parcel.label = "lamp"
        ParcelMachine.send(parcel, ParcelSignal.LOSE)
        assert parcel in session.dirty
