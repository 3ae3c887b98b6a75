"""One trace leads from a browser's request to the receipt, in a running system with a collector."""

import contextlib
import re
from uuid import uuid4

import psycopg2
import pytest

from demo.buyer import Buyer, wait_for
from demo.world import World
from launch.stack import Stack
from tests.support import invariants
from tests.support.collector import Collector, Received
from tests.support.system import TRACE_URL

# A killed worker's lease, a sweep, and the calls of a busy machine.
TIMEOUT = 120  # seconds
HEX_ID = re.compile(r"[0-9a-f]{16,}")
LATENCY_MS = 3000
CALL = "payments.create_intent"
ACTIVITY = "SELECT id::text, traceparent, attempts, state FROM activity WHERE name = %s"
SIGNALS = "SELECT traceparent FROM signal WHERE source = 'stripe' AND state = 'applied'"


def buy(buyer: Buyer) -> str:
    """Place an order in a new trace, as a browser does, and return the trace's id."""
    trace = uuid4().hex
    buyer.http.headers["traceparent"] = f"00-{trace}-00f067aa0ba902b7-01"
    order = buyer.order(buyer.products()[0])
    del buyer.http.headers["traceparent"]
    buyer.pay(order["clientSecret"])
    buyer.wait_until(order["referenceId"], "Confirmed")
    return trace


def find(spans: Collector, trace: str, name: str, **attributes: str) -> Received:
    """Wait for a span of a trace and return it."""

    def check() -> Received | None:
        return next((span for span in spans.of_trace(trace) if matches(span)), None)

    def matches(span: Received) -> bool:
        known = {key.replace(".", "_"): value for key, value in span.attributes.items()}
        return span.name == name and all(
            known.get(key, "").startswith(value) for key, value in attributes.items()
        )

    return wait_for(check, f"{name} in the trace", seconds=TIMEOUT)


def test_one_trace_leads_from_the_order_to_the_receipt(observed: Stack, spans: Collector) -> None:
    buyer = World.of(observed).buyer()
    trace = buy(buyer)
    buyer.wait_for_email("order_confirmed")
    request = find(spans, trace, "POST /order")
    call = find(spans, trace, CALL)
    stripe = find(spans, trace, "POST 127.0.0.1", url_path="/v1/payment_intents")
    news = find(spans, trace, "signal stripe payment_intent.succeeded")
    find(spans, trace, "emails.order_confirmed")
    sent = find(spans, trace, "POST 127.0.0.1", url_path="/v3/mail/send")
    find(spans, trace, f"publish {CALL}")

    def path(span: Received) -> list[str]:
        above = next((each for each in spans.of_trace(trace) if each.id == span.parent), None)
        return [span.name, *(path(above) if above else [])]

    assert request.parent == "00f067aa0ba902b7", "it continues the browser's trace"
    assert stripe.parent == call.id
    assert path(sent)[:2] == ["POST 127.0.0.1", "emails.order_confirmed"]
    # Each process sends its spans when it has some: a parent may come after its child.
    wait_for(
        lambda: {path(each)[-1] for each in (stripe, news, sent)} == {"POST /order"} or None,
        "the paths to the request",
    )
    webhook = wait_for(
        lambda: next((span for span in spans.spans if (span.trace, span.id) in news.links), None),
        "the request with the event",
    )
    assert (webhook.name, webhook.trace != trace) == ("POST /order/webhook", True)
    assert {span.service for span in spans.of_trace(trace)} == {"projectx-web", "projectx-worker"}


def test_the_rows_carry_the_trace_and_the_events_join_it(observed: Stack) -> None:
    trace = buy(World.of(observed).buyer())
    with contextlib.closing(psycopg2.connect(observed.environment["DATABASE_URL"])) as db:
        rows = invariants.read(db, ACTIVITY, CALL) + invariants.read(db, SIGNALS)
    assert sum(trace in (row["traceparent"] or "") for row in rows) >= 2


def test_a_killed_worker_s_activity_goes_on_in_its_trace(observed: Stack, spans: Collector) -> None:
    world = World.of(observed)
    buyer, trace = world.buyer(), uuid4().hex
    world.faults(stripe={"latencyMs": LATENCY_MS})
    try:
        with contextlib.closing(psycopg2.connect(observed.environment["DATABASE_URL"])) as db:
            buyer.http.headers["traceparent"] = f"00-{trace}-00f067aa0ba902b7-01"
            buyer.order(buyer.products()[0], wait=0)

            def in_state(state: str) -> dict[str, str] | None:
                rows = invariants.read(db, ACTIVITY, CALL)
                return next(
                    (row for row in rows if trace in row["traceparent"] and row["state"] == state),
                    None,
                )

            wait_for(lambda: in_state("running"), "the call", seconds=TIMEOUT)
            world.kill("worker-1")
            row = wait_for(lambda: in_state("done"), "the second call", seconds=TIMEOUT)
    finally:
        world.faults()
    second = find(spans, trace, CALL, projectx_attempt="2")
    _, _, context, _ = row["traceparent"].split("-")
    assert second.parent == context, "the attempt is below the row's span"


def test_operators_go_from_an_execution_to_its_trace(observed: Stack) -> None:
    buyer, trace = World.of(observed).buyer(), uuid4().hex
    buyer.http.headers["traceparent"] = f"00-{trace}-00f067aa0ba902b7-01"
    order = buyer.order(buyer.products()[0])
    del buyer.http.headers["traceparent"]
    observed.flask("users", "grant", buyer.email, "staff")
    page = buyer.http.get(
        f"{observed.urls.web}/admin/executions/order/{order['orderId']}", timeout=30
    )
    assert page.status_code == 200, page.text
    address = TRACE_URL.replace("{id}", trace)
    assert {"label": "Trace", "url": address} in page.json()["links"]
    assert page.text.count(address) > 3, "and each entry of the timeline has its own"
    assert trace in observed.flask("orders", "show", order["orderId"])


@pytest.mark.parametrize("header", ["", "00-0-0-01", "ff-" + "1" * 32, "00-" + "0" * 32, "x" * 999])
def test_a_malformed_context_of_a_client_is_ignored(observed: Stack, header: str) -> None:
    buyer = Buyer(observed.urls)
    buyer.http.headers["traceparent"] = header
    assert buyer.products()


def test_no_span_holds_what_a_person_typed(observed: Stack, spans: Collector) -> None:
    buyer = World.of(observed).buyer()
    trace = buy(buyer)
    find(spans, trace, "emails.order_confirmed")
    # The digits of a card may be part of an id by chance.
    texts = [HEX_ID.sub("", str(span)) for span in spans.spans]
    secrets = (buyer.email, buyer.email.split("@")[0], "Springfield", "4242", "_secret_", "Bearer")
    assert [text for text in texts if any(secret in text for secret in secrets)] == []
